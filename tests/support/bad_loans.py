"""A loan that has gone bad, with the guarantor's compensation paid, for tests of what comes after: sale, collection,
conversion. It goes through the real workflows; only the days without payment are passed over (`credit.run_to`)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from credit import AT, OFFICER, ON, REVIEWER, Credit, a_debtor, a_guaranteed_loan, endow, person, run_to, yuan
from sqlmodel import Session

from models.disposal import DisposalCase, Strategy
from models.equity import Conversion
from models.firm import Firm, Shareholding
from models.lending.ageing import FiveClass
from models.queries.books import balance
from models.queries.owed import accrued_interest
from models.roles import SYSTEM, Role
from models.talent import Talent
from models.values.money import Money
from workflows import claims, classifying, disposal, equity
from workflows.booking import book

BAD = date(2013, 3, 25)
"""A day on which nothing has been paid for 95 days."""

SOLD = date(2013, 4, 10)
LATER = datetime(2013, 4, 10, 2, tzinfo=UTC)

GUARANTEE_OFFICER = person(Role.GUARANTEE_OFFICER)
GUARANTEE_APPROVER = person(Role.GUARANTEE_APPROVER)
COMMITTEE = person(Role.CREDIT_COMMITTEE)
ASSET_MANAGER = person(Role.ASSET_MANAGER)
VENTURE_MANAGER = person(Role.VENTURE_MANAGER)
VENTURE_APPROVER = person(Role.VENTURE_APPROVER)
TALENT_OFFICE = person(Role.TALENT_OFFICE)
FINANCE_BUREAU = person(Role.FINANCE_BUREAU)
BUREAU_APPROVER = person(Role.BUREAU_APPROVER)


def endow_all(session: Session, **capital: Money) -> None:
    """Every institution has money enough, unless told; the treasury too."""
    fifty = yuan(50_000_000)
    endow(session, **({"amc": fifty, "venture": fifty} | capital))
    book(
        session, "appropriated", key="grant:test", cause="grant", amounts={"amount": fifty}, by=SYSTEM, on=ON, at=AT
    )  # fmt: skip


def a_founded_firm(session: Session, *, capital: Money = yuan(10_000_000), founder_holds: Money | None = None) -> Firm:
    """A firm of which the founder holds everything, or only so much."""
    firm = a_debtor(session)
    firm.registered_capital = capital
    session.add(firm)
    session.add(
        Shareholding.model_validate(
            {
                "firm_id": firm.key,
                "holder": session.get_one(Talent, firm.founder_id).name,
                "capital": capital if founder_holds is None else founder_holds,
                "since": firm.registered_on,
            }
        )
    )
    session.flush()
    return firm


def a_bad_loan(
    session: Session, *, firm: Firm | None = None, amount: Money = yuan(4_000_000), compensated: bool = True
) -> Credit:
    """A loan on which nothing was paid for 95 days: substandard, off accrual, in default, and the guarantor has paid
    four fifths of it (unless `compensated` is false: then the guarantee still stands)."""
    credit = a_guaranteed_loan(session, amount=amount, firm=firm or a_founded_firm(session))
    loan = credit.loan
    run_to(session, loan, BAD, interest=accrued_interest(session, loan, BAD), days_past_due=95)
    classifying.classify(session, loan=loan, view=FiveClass.SUBSTANDARD, reason="逾期95天", by=REVIEWER, on=BAD, at=AT)
    classifying.mark_default(session, loan=loan, reason="逾期95天", by=OFFICER, on=BAD, at=AT)
    if not balance(session, "bank.allowance").net:  # a day sets it once
        classifying.set_allowance(session, on=BAD, by=SYSTEM, at=AT)
    if compensated:
        claim = claims.file_claim(session, loan=loan, by=OFFICER, on=BAD, at=AT)
        claims.accept(session, claim=claim, by=GUARANTEE_OFFICER, on=BAD, at=AT)
        claims.pay(session, claim=claim, by=GUARANTEE_APPROVER, on=BAD, at=AT)
    return credit


def a_proposed_case(
    session: Session, credit: Credit, *, price: Money = yuan(300_000), guarantor_price: Money = yuan(1_200_000)
) -> DisposalCase:
    """A sale proposed by the asset manager at these prices."""
    return disposal.propose(
        session,
        loan=credit.loan,
        price=price,
        guarantor_price=guarantor_price,
        strategy=Strategy.CONVERT,
        by=ASSET_MANAGER,
        on=BAD,
        at=AT,
    )


def a_held_case(
    session: Session,
    credit: Credit | None = None,
    *,
    price: Money = yuan(300_000),
    guarantor_price: Money = yuan(1_200_000),
) -> DisposalCase:
    """A case whose claims the asset manager has bought."""
    credit = credit or a_bad_loan(session)
    case = a_proposed_case(session, credit, price=price, guarantor_price=guarantor_price)
    disposal.approve(session, case=case, by=COMMITTEE, on=BAD, at=AT)
    return disposal.hand_over(session, case=case, by=ASSET_MANAGER, on=BAD, at=AT)


def a_proposed_conversion(session: Session, case: DisposalCase, **more: object) -> Conversion:
    """The whole case turned into shares at 3 million, the firm worth 30 million before, unless told otherwise."""
    given = {
        "value": yuan(3_000_000),
        "pre_money": yuan(30_000_000),
        "appraiser": "示例评估有限公司",
        "appraised_on": date(2013, 3, 1),
        "appraisal_method": "income",
        "resolution": "2013年4月2日股东会决议",
    }
    return equity.propose_conversion(  # type: ignore[arg-type]
        session, case=case, **(given | more), by=VENTURE_MANAGER, on=SOLD, at=LATER
    )
