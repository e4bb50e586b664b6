"""A loan that stands behind a guarantee, built from rows and the real books, for tests of what comes after approval.

Every institution has money enough unless a test says otherwise. Talent, firm, application and decision are rows as the
counter would have left them; capacity, contract, pay-out and principal go through the real workflows.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from people import seat_staff
from sqlmodel import Session

from models.application import Application, Product
from models.decision import Decision, Outcome
from models.firm import Firm, FirmSize, Industry
from models.guarantee import Guarantee
from models.lending.terms import RepaymentMethod
from models.loan import Contract, Loan, LoanMeter
from models.review import Advice, Opinion, Panel
from models.roles import SYSTEM, Actor, Role
from models.states.application import PanelStage, Stage
from models.states.loan import CONTRACT, LOAN
from models.talent import Talent
from models.values.calendar import add_months
from models.values.identifiers import DocumentKind
from models.values.money import ZERO, Money
from models.values.rate import MILLION, Rate
from workflows import guarantee, loan_account, rulemaking
from workflows.booking import book
from workflows.moves import move
from workflows.numbering import Series, next_number

ON = date(2012, 11, 7)
AT = datetime(2012, 11, 7, 2, tzinfo=UTC)
ENDS = date(2013, 11, 7)

_numbers = itertools.count(1)


def person(*roles: Role) -> Actor:
    """Somebody new who holds these posts."""
    number = next(_numbers)
    return Actor(5_000 + number, f"示例{number}", frozenset(roles))


OFFICER = person(Role.LOAN_OFFICER)
REVIEWER = person(Role.CREDIT_REVIEWER)
COMMITTEE = person(Role.CREDIT_COMMITTEE)
DISBURSER = person(Role.DISBURSER)
GUARANTEE_OFFICER = person(Role.GUARANTEE_OFFICER)
GUARANTEE_APPROVER = person(Role.GUARANTEE_APPROVER)
FUND_MANAGER = person(Role.FUND_MANAGER)
FUND_APPROVER = person(Role.FUND_APPROVER)


def yuan(amount: str | int) -> Money:
    """So many yuan."""
    return Money.yuan(amount)


def endow(session: Session, *, on: date = ON, **capital: Money) -> None:
    """Lay the rules and give institutions their capital: bank, guarantor and relender 100 million each unless told."""
    seat_staff(session)
    rulemaking.lay_first_rules(session, on=on, at=AT)
    hundred = yuan(100_000_000)
    for fund, amount in ({"bank": hundred, "guarantor": hundred, "relender": hundred} | capital).items():
        book(
            session, f"{fund}_funded_by_owner", key=f"capital:{fund}", cause="capital", amounts={"amount": amount},
            parts={"owner": "owner"}, by=SYSTEM, on=on, at=AT,
        )  # fmt: skip


def a_debtor(
    session: Session, *, size: FirmSize = FirmSize.SMALL, founder: Talent | None = None, group_id: int | None = None
) -> Firm:
    """A registered firm with its founder."""
    number = next(_numbers)
    if founder is None:
        founder = Talent.model_validate(
            {
                "name": f"钱示例{number}",
                "id_kind": DocumentKind.RESIDENT_ID,
                "id_sealed": b"x",
                "id_fingerprint": str(number).encode(),
                "id_masked": "3302**********",
            }
        )
        session.add(founder)
        session.flush()
    firm = Firm.model_validate(
        {
            "name": f"宁波示例{number}有限公司",
            "credit_code": f"91330206{number:09d}X",
            "registered_on": date(2010, 5, 20),
            "founder_id": founder.key,
            "group_id": group_id,
            "district": "北仑",
            "industry": Industry.NEW_MATERIALS,
            "size": size,
            "staff": 35,
            "registered_capital": yuan(10_000_000),
        }
    )
    session.add(firm)
    session.flush()
    return firm


def an_approval(
    session: Session,
    *,
    amount: Money = yuan(4_000_000),
    firm: Firm | None = None,
    planned: bool = False,
    product: Product = Product.WORKING_CAPITAL,
    share_ppm: int = 800_000,
    term_months: int = 12,
    on: date = ON,
) -> tuple[Application, Decision]:
    """An application that the committee has approved; nothing is reserved or booked yet."""
    firm = firm or a_debtor(session)
    application = Application.model_validate(
        {
            "number": next_number(session, Series.APPLICATION, on),
            "talent_id": firm.founder_id,
            "firm_id": None if planned else firm.key,
            "product": product,
            "amount": amount,
            "term_months": term_months,
            "method": RepaymentMethod.INTEREST_FIRST,
            "purpose": "新产品研发",
            "applied_on": on,
            "stage": Stage.CONTRACTED,
        }
    )
    session.add(application)
    session.flush()
    panel = Panel.model_validate(
        {
            "subject": "application",
            "subject_id": application.key,
            "stage": PanelStage.CLOSED,
            "opened_on": on,
            "due_on": on,
            "rules_version": "review-pilot-1",
        }
    )
    session.add(panel)
    session.flush()
    opinion = Opinion.model_validate(
        {
            "number": next_number(session, Series.OPINION, on),
            "panel_id": panel.key,
            "application_id": application.key,
            "advice": Advice.SUPPORT,
            "total_hundredths": 7860,
            "by_dimension": {},
            "issued_on": on,
            "issued_at": AT,
            "issued_by": 9_001,
            "rules_version": "review-pilot-1",
        }
    )
    session.add(opinion)
    session.flush()
    return application, a_decision(
        session, application, opinion.key, amount=amount, share_ppm=share_ppm, term_months=term_months, on=on
    )


def a_decision(
    session: Session,
    application: Application,
    opinion_id: int,
    *,
    amount: Money,
    share_ppm: int = 800_000,
    term_months: int = 12,
    on: date = ON,
) -> Decision:
    """The committee's approval of an amount, with the number of the loan to come."""
    decision = Decision.model_validate(
        {
            "number": next_number(session, Series.DECISION, on),
            "application_id": application.key,
            "opinion_id": opinion_id,
            "outcome": Outcome.APPROVED,
            "amount": amount,
            "term_months": term_months,
            "method": RepaymentMethod.INTEREST_FIRST,
            "rate": Rate.of("0.0615"),
            "guarantee_share_ppm": share_ppm,
            "decided_on": on,
            "decided_at": AT,
            "decided_by": COMMITTEE.user_id,
            "valid_to": on + timedelta(days=180),
            "loan_number": next_number(session, Series.LOAN, on),
        }
    )
    session.add(decision)
    session.flush()
    return decision


def a_reservation(
    session: Session,
    application: Application,
    decision: Decision,
    *,
    replaces: Guarantee | None = None,
    reserved_to: date | None = None,
    on: date = ON,
) -> Guarantee:
    """Capacity taken for an approval, and the promise in the books."""
    assert decision.amount is not None
    assert decision.loan_number is not None
    guaranteed = decision.amount.times(decision.guarantee_share_ppm, MILLION)
    cover = guarantee.reserve(
        session,
        application=application,
        decision=decision,
        amount_guaranteed=guaranteed,
        share_ppm=decision.guarantee_share_ppm,
        principal=decision.amount,
        term_months=decision.term_months or 12,
        reserved_to=reserved_to or on + timedelta(days=180),
        loan_number=decision.loan_number,
        replaces=replaces,
        by=COMMITTEE,
        on=on,
        at=AT,
    )
    book(
        session, "loan_approved", key=f"approve:{decision.loan_number}", cause=decision.loan_number,
        amounts={"amount": decision.amount, "guaranteed": guaranteed},
        parts={"loan": decision.loan_number, "application": cover.number}, by=COMMITTEE, on=on, at=AT,
    )  # fmt: skip
    return cover


def put_in_force(session: Session, cover: Guarantee, *, on: date = ON) -> Guarantee:
    """The guarantee contract, proposed by one person and put in force by another."""
    guarantee.propose(session, guarantee=cover, by=GUARANTEE_OFFICER, on=on, at=AT)
    return guarantee.put_in_force(session, guarantee=cover, by=GUARANTEE_APPROVER, on=on, at=AT)


def a_contract(
    session: Session,
    application: Application,
    decision: Decision,
    *,
    renews: Contract | None = None,
    on: date = ON,
    signed: bool = True,
) -> tuple[Contract, Loan]:
    """A signed contract over the approved amount, and the loan that nothing has been drawn of yet."""
    contract = Contract.model_validate(
        {
            "number": next_number(session, Series.CONTRACT, on),
            "application_id": application.key,
            "decision_id": decision.key,
            "firm_id": application.firm_id,
            "renews_contract_id": renews.key if renews else None,
            "lender_of_record": "示例合作银行宁波分行",
            "amount": decision.amount,
            "rate": decision.rate,
            "lpr": Rate.of("0.0615"),
            "lpr_published": date(2012, 7, 6),
            "penalty_uplift_ppm": 500_000,
            "misuse_uplift_ppm": 1_000_000,
            "method": RepaymentMethod.INTEREST_FIRST,
            "settle_freq": "quarter",
            "settle_day": 20,
            "start_on": on,
            "end_on": add_months(on, decision.term_months or 12),
        }
    )
    session.add(contract)
    session.flush()
    if signed:
        move(session, CONTRACT, contract, "sign", by=REVIEWER, on=on, at=AT)
    loan = Loan.model_validate(
        {
            "number": decision.loan_number,
            "contract_id": contract.key,
            "application_id": application.key,
            "firm_id": application.firm_id,
            "talent_id": application.talent_id,
            "product": application.product,
            "amount": decision.amount,
            "rate": decision.rate,
            "matures_on": contract.end_on,
        }
    )
    session.add(loan)
    session.flush()
    session.add(LoanMeter(loan_id=loan.key))
    session.flush()
    return contract, loan


def pay_out(session: Session, loan: Loan, amount: Money | None = None, *, on: date = ON) -> Loan:
    """Pay a loan out, all of it unless told."""
    amount = amount or loan.amount - loan.disbursed
    if loan.opened_on is None:
        move(session, LOAN, loan, "open", by=DISBURSER, on=on, at=AT)
    book(
        session, "disbursed", key=f"pay_out:{loan.number}:{loan.disbursed.fen}", cause=loan.number,
        amounts={"amount": amount}, parts={"loan": loan.number}, by=DISBURSER, on=on, at=AT,
    )  # fmt: skip
    loan_account.draw_principal(session, loan, amount, on=on, by=DISBURSER, at=AT)
    return loan


@dataclass(frozen=True, slots=True)
class Credit:
    """Everything of one loan, within reach."""

    application: Application
    decision: Decision
    contract: Contract
    loan: Loan
    cover: Guarantee


def a_guaranteed_loan(
    session: Session,
    *,
    amount: Money = yuan(4_000_000),
    firm: Firm | None = None,
    product: Product = Product.WORKING_CAPITAL,
    term_months: int = 12,
    on: date = ON,
) -> Credit:
    """A loan paid out on the day of its contract, four fifths of it guaranteed."""
    application, decision = an_approval(
        session, amount=amount, firm=firm, product=product, term_months=term_months, on=on
    )
    cover = a_reservation(session, application, decision, on=on)
    contract, loan = a_contract(session, application, decision, on=on)
    put_in_force(session, cover, on=on)
    pay_out(session, loan, on=on)
    return Credit(application, decision, contract, loan, cover)


def run_to(session: Session, loan: Loan, on: date, *, interest: Money = ZERO, days_past_due: int = 0) -> None:
    """Let the days before `on` pass without the end of day: so much interest has accrued, so long is it overdue."""
    meter = loan_account.meter_of(session, loan)
    meter.interest_fen += interest.fen
    meter.days_past_due = days_past_due
    meter.through = on - timedelta(days=1)
    session.add(meter)
    if days_past_due:
        loan.oldest_unpaid = on - timedelta(days=days_past_due)
        session.add(loan)
    book(
        session, "interest_accrued", key=f"accrue:test:{loan.number}:{on}", cause=loan.number,
        amounts={"amount": interest, "interest": interest, "penalty": ZERO},
        parts={"product": str(loan.product)}, by=SYSTEM, on=on - timedelta(days=1), at=AT,
    )  # fmt: skip
    session.flush()
