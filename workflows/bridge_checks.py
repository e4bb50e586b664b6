"""Whether a loan may be bridged, whether it has to be, and with how much at most (BRG-01 to BRG-03, BRG-09 to BRG-11)."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session, select

from models.application import Product
from models.bridge import Bridge, BridgeBar
from models.firm import Firm, FirmSize
from models.loan import Contract, Loan
from models.policies.rules import BridgeRules
from models.queries.bridges import bridge_of_loan, fund_position
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.states.loan import ContractStage, LoanStage
from models.values.money import ZERO, Money
from models.values.rate import MILLION
from scoring import bridge_fee
from workflows.given import at_least

DIRECT_RENEWAL_SINCE = date(2024, 9, 24)
"""From this day all small and micro firms may have a working-capital loan renewed without repaying it (LOAN-26)."""


class NotBridgeable(Refusal):
    """The loan cannot be bridged; `bar` says why (BRG-01, BRG-02)."""


class BridgeStands(Refusal):
    """The loan has a bridge already that is applied for, reserved or paid."""


class PromiseMissing(BadInput):
    """The bank's written promise to renew is not there: it needs a text and a contract that renews this loan (BRG-06)."""


class PromiseUsed(Refusal):
    """This promise was used for another bridge; each serves once (BRG-06)."""


class AboveCeiling(Refusal):
    """More is asked than a bridge may lend; facts: asked, ceiling, binding (BRG-03)."""


class OwnFundsTooSmall(Refusal):
    """The borrower brings less than his share of the renewal (BRG-11)."""


class PrincipalNotCovered(Refusal):
    """Bridge and own funds together do not repay the old loan."""


class FundPaused(Refusal):
    """So much of the fund is overdue that it takes on nothing new (BRG-09)."""


class ReasonForBridge(BadInput):
    """The firm qualifies for a renewal without repayment: the officer has to say why a bridge is used (BRG-15)."""


def check_application(
    session: Session,
    *,
    loan: Loan,
    renewal: Contract,
    amount: Money,
    own_funds: Money,
    promise: str,
    why: str,
    on: date,
) -> bridge_fee.Ceiling:
    """Refuse an application for a bridge that the rules do not allow, or answer with its ceiling.

    AmountTooSmall, NotBridgeable, BridgeStands, PromiseMissing, PromiseUsed, ReasonForBridge, OwnFundsTooSmall, FundPaused,
    AboveCeiling, PrincipalNotCovered.
    """
    rules = rules_in_force(session, BridgeRules, on)
    at_least(amount, "amount", least=rules.min_amount)
    firm = session.get_one(Firm, loan.firm_id)
    refuse_bar(loan, firm, rules, on)
    if (standing := bridge_of_loan(session, loan.key)) is not None:
        raise BridgeStands(loan=loan.number, bridge=standing.number, stage=standing.stage)
    _refuse_promise(session, loan, renewal, promise)
    refuse_without_reason(loan, firm, why, on)
    least = rules.self_min.of_amount(renewal.amount)
    if own_funds < least:
        raise OwnFundsTooSmall(own_funds=own_funds, least=least, share=rules.self_min)
    ceiling = checked_ceiling(session, loan=loan, renewal=renewal, amount=amount, own_funds=own_funds, on=on)
    short = loan.outstanding - amount - own_funds
    if short > ZERO:
        raise PrincipalNotCovered(amount=amount, own_funds=own_funds, owed=loan.outstanding, short=short)
    return ceiling


def refuse_bar(loan: Loan, firm: Firm, rules: BridgeRules, on: date) -> None:
    """Refuse with NotBridgeable and the first reason there is."""
    bar = bar_against(loan, firm, rules, on)
    if bar is not None:
        raise NotBridgeable(loan=loan.number, bar=bar)


def bar_against(loan: Loan, firm: Firm, rules: BridgeRules, on: date) -> BridgeBar | None:
    """The first reason why the loan cannot be bridged today, or None."""
    bars = (
        (loan.product.value not in rules.allowed_products, BridgeBar.PRODUCT),
        (loan.stage is not LoanStage.ACTIVE, BridgeBar.NOT_ACTIVE),
        (loan.oldest_unpaid is not None and loan.oldest_unpaid < on, BridgeBar.OVERDUE),
        (loan.five_class.non_performing, BridgeBar.CLASS),
        (firm.integrity_listed, BridgeBar.INTEGRITY),
        (loan.matures_on > on + timedelta(days=rules.promise_days), BridgeBar.TOO_EARLY),
    )
    return next((bar for barred, bar in bars if barred), None)


def _refuse_promise(session: Session, loan: Loan, renewal: Contract, promise: str) -> None:
    if not promise.strip() or renewal.renews_contract_id != loan.contract_id:
        raise PromiseMissing(field="promise", loan=loan.number)
    if renewal.stage not in (ContractStage.DRAWN_UP, ContractStage.SIGNED):
        raise PromiseMissing(field="renewal_contract", loan=loan.number)
    used = session.exec(select(Bridge).where(Bridge.renewal_contract_id == renewal.key)).first()
    if used is not None:
        raise PromiseUsed(contract=renewal.number, bridge=used.number)


def refuse_without_reason(loan: Loan, firm: Firm, why: str, on: date) -> None:
    """Refuse with ReasonForBridge where LOAN-26 would allow a renewal without repayment and nobody says why not."""
    direct = (
        on >= DIRECT_RENEWAL_SINCE
        and loan.product is Product.WORKING_CAPITAL
        and firm.size in (FirmSize.MICRO, FirmSize.SMALL)
    )
    if direct and not why.strip():
        raise ReasonForBridge(field="why_not_renewed_directly", loan=loan.number)


def checked_ceiling(
    session: Session, *, loan: Loan, renewal: Contract, amount: Money, own_funds: Money, on: date
) -> bridge_fee.Ceiling:
    """The ceiling that holds today. Refuses with FundPaused (BRG-09) and AboveCeiling (BRG-03)."""
    pause = rules_in_force(session, BridgeRules, on).pause_overdue
    position = fund_position(session, on)
    if position.overdue.fen * MILLION > position.size.fen * pause.ppm:
        raise FundPaused(overdue=position.overdue, size=position.size, pause=pause)
    ceiling = ceiling_of(session, loan, renewal, own_funds, on)
    if not ZERO < amount <= ceiling.amount:
        raise AboveCeiling(asked=amount, ceiling=ceiling.amount, binding=ceiling.binding)
    return ceiling


def ceiling_of(session: Session, loan: Loan, renewal: Contract, own_funds: Money, on: date) -> bridge_fee.Ceiling:
    """The most the fund may lend for this loan today, and which bound binds (BRG-03)."""
    return bridge_fee.ceiling(
        committed=renewal.amount,
        principal_due=loan.outstanding,
        own_funds=own_funds,
        available=fund_position(session, on).free,
        rules=rules_in_force(session, BridgeRules, on),
    )
