"""How a bridge comes back: from the renewed loan, or from the borrower when the bank has broken its promise (BRG-05 to
BRG-08). The renewed loan is paid straight to the fund and runs from that day."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.bridge import Bridge, RenewalGap
from models.glossary import term
from models.loan import Contract, Loan, PayOut
from models.policies.rules import BridgeRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, BrokenInvariant, Refusal
from models.roles import Actor, Institution
from models.states.aftercare import BRIDGE, GuaranteeStage
from models.states.loan import LOAN, LoanStage, PayOutStage
from models.values.money import ZERO
from scoring import bridge_fee
from workflows import class_triggers, funding, guarantee, loan_account
from workflows.booking import book
from workflows.moves import move
from workflows.numbering import Series, next_number


class RenewalNotReady(Refusal):
    """The new loan cannot be drawn: the contract is not signed, its term has not begun, or its guarantee is not in
    force (BRG-16, GUA-21)."""


class OldLoanOpen(Refusal):
    """Interest is still owed on the old loan; it is the borrower's own to pay."""


class BridgeReferenceUsed(BadInput):
    """A bank reference is needed, and each stands for one payment only (BRG-07)."""


def settle(session: Session, *, bridge: Bridge, bank_ref: str, by: Actor, on: date, at: datetime) -> Bridge:
    """Draw the renewed loan straight to the fund: the bridge is back with its fee, the new loan runs from today.

    What the renewal promised beyond the bridge is not drawn any more and set free, in the guarantee too. The fee is paid
    by the borrower (BRG-05), with a charge for every day after the due day (BRG-08). Refuses with OldLoanOpen,
    RenewalNotReady, BridgeReferenceUsed, MoveNotOpen.
    """
    old, new = session.get_one(Loan, bridge.loan_id), renewed_loan(session, bridge)
    if old.stage is not LoanStage.SETTLED:
        raise OldLoanOpen(loan=old.number, owed=loan_account.owed(session, old, on).total)
    _refuse_unready(session, new, on)
    charge = _returned(session, bridge, bank_ref, by=by, on=on, at=at)
    move(session, LOAN, new, "open", by=by, on=on, at=at)
    book(
        session, "bridge_returned", key=f"bridge_returned:{bridge.number}", cause=f"{bridge.number} {new.number}",
        amounts={"amount": bridge.amount, "fee": charge.total},
        parts={"bridge": bridge.number, "renewal": new.number}, by=by, on=on, at=at,
    )  # fmt: skip
    loan_account.draw_principal(session, new, bridge.amount, on=on, by=by, at=at)
    class_triggers.refresh(session, firm_id=new.firm_id, on=on, at=at)
    _entrust(session, bridge, new, on)
    _free_undrawn(session, new, by=by, on=on, at=at)
    return bridge


def repay_otherwise(session: Session, *, bridge: Bridge, bank_ref: str, by: Actor, on: date, at: datetime) -> Bridge:
    """The bank broke its promise and the borrower returned the money himself, with the fee (BRG-06).

    The bridge is marked as not renewed: a broken promise of the bank. The renewal that was not drawn is given up by the
    loan officer. Refuses with BridgeReferenceUsed, MoveNotOpen.
    """
    charge = _returned(session, bridge, bank_ref, by=by, on=on, at=at)
    bridge.renewed = False
    session.add(bridge)
    book(
        session, "bridge_repaid_otherwise", key=f"bridge_returned:{bridge.number}", cause=bridge.number,
        amounts={"amount": bridge.amount, "fee": charge.total}, parts={"bridge": bridge.number}, by=by, on=on, at=at,
    )  # fmt: skip
    return bridge


def _returned(
    session: Session, bridge: Bridge, bank_ref: str, *, by: Actor, on: date, at: datetime
) -> bridge_fee.Charge:
    """Mark a bridge as back today, with its days and what they cost."""
    move(session, BRIDGE, bridge, "settle", by=by, on=on, at=at)
    if bridge.paid_on is None or bridge.due_on is None:
        raise BrokenInvariant("a paid bridge has its days", bridge=bridge.number)
    rules = rules_in_force(session, BridgeRules, bridge.paid_on)
    charge = bridge_fee.charge(bridge.amount, paid_on=bridge.paid_on, due_on=bridge.due_on, returned_on=on, rules=rules)
    bridge.returned_ref = reference(session, bank_ref)
    bridge.returned_on, bridge.days, bridge.fee = on, charge.days, charge.total
    session.add(bridge)
    session.flush()
    return charge


def _entrust(session: Session, bridge: Bridge, new: Loan, on: date) -> None:
    """The pay-out of the new loan as a row: entrusted to the fund, and funded like any other (BRG-07)."""
    row = PayOut.model_validate(
        {
            "number": next_number(session, Series.PAY_OUT, on),
            "loan_id": new.key,
            "application_id": new.application_id,
            "amount": bridge.amount,
            "milestone": bridge.number,
            "payee": term(Institution.RELENDER),
            "entrusted": True,
            "stage": PayOutStage.PAID,
            "paid_on": on,
            "bank_ref": bridge.returned_ref,
        }
    )
    session.add(row)
    session.flush()
    funding.allocate(session, pay_out=row)


def _free_undrawn(session: Session, new: Loan, *, by: Actor, on: date, at: datetime) -> None:
    rest = new.amount - new.disbursed
    book(
        session, "approval_lapsed", key=f"undrawn_lapsed:{new.number}", cause=new.number,
        amounts={"amount": rest, "guaranteed": ZERO}, parts={"loan": new.number}, by=by, on=on, at=at,
    )  # fmt: skip
    new.amount = new.disbursed
    session.add(new)
    session.flush()
    cover = loan_account.guarantee_of(session, new)
    if cover is not None:
        guarantee.reduce(session, guarantee=cover, principal_outstanding=new.outstanding, by=by, on=on, at=at)


def renewed_loan(session: Session, bridge: Bridge) -> Loan:
    """The loan under the renewal contract; it exists once that is signed."""
    new = session.exec(select(Loan).where(Loan.contract_id == bridge.renewal_contract_id)).first()
    if new is None:
        raise RenewalNotReady(renewal=bridge.number, bar=RenewalGap.CONTRACT)
    return new


def _refuse_unready(session: Session, new: Loan, on: date) -> None:
    contract = session.get_one(Contract, new.contract_id)
    cover = loan_account.guarantee_of(session, new)
    if new.stage is not LoanStage.UNDRAWN or not contract.start_on <= on < contract.end_on:
        raise RenewalNotReady(renewal=new.number, bar=RenewalGap.TERM)
    if cover is not None and cover.stage is not GuaranteeStage.IN_FORCE:
        raise RenewalNotReady(renewal=new.number, bar=RenewalGap.GUARANTEE)


def reference(session: Session, bank_ref: str) -> str:
    """A bank reference that stands for no other payment of the fund."""
    bank_ref = bank_ref.strip()
    used = select(Bridge.id).where((col(Bridge.paid_ref) == bank_ref) | (col(Bridge.returned_ref) == bank_ref))
    if not bank_ref or session.exec(used).first() is not None:
        raise BridgeReferenceUsed(field="bank_ref", bank_ref=bank_ref)
    return bank_ref
