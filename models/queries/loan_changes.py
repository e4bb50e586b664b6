"""Changes of a loan, their consents, and how far its term was extended already."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from models.lending.changes import ChangeKind
from models.loan import Instalment, Loan
from models.loan_change import ChangeConsent, LoanChange
from models.refusals import NotThere
from models.states.loan_change import ChangeStage


def change_by_number(session: Session, number: str) -> LoanChange:
    """The change with this number; refuses with NotThere."""
    found = session.exec(select(LoanChange).where(LoanChange.number == number)).one_or_none()
    if found is None:
        raise NotThere(what=number)
    return found


def changes_of(session: Session, loan: Loan) -> list[LoanChange]:
    """All changes of a loan, whatever became of them, the newest first."""
    query = select(LoanChange).where(LoanChange.loan_id == loan.key).order_by(col(LoanChange.id).desc())
    return list(session.exec(query))


def waiting_changes(session: Session) -> list[tuple[LoanChange, Loan]]:
    """The changes that wait for somebody, the oldest first, each with its loan."""
    waits = [stage for stage in ChangeStage if stage.waits]
    query = select(LoanChange, Loan).join(Loan, col(Loan.id) == col(LoanChange.loan_id))
    return list(session.exec(query.where(col(LoanChange.stage).in_(waits)).order_by(col(LoanChange.id))))


def consents_of(session: Session, change: LoanChange) -> list[ChangeConsent]:
    """The consents to a change, in the order in which they were recorded."""
    query = select(ChangeConsent).where(ChangeConsent.change_id == change.key).order_by(col(ChangeConsent.id))
    return list(session.exec(query))


def original_end(session: Session, loan: Loan) -> date:
    """The last day of the term as it was signed: before the first change that moved it."""
    first = session.exec(
        select(LoanChange)
        .where(LoanChange.loan_id == loan.key, LoanChange.stage == ChangeStage.EFFECTIVE)
        .order_by(col(LoanChange.id))
        .limit(1)
    ).first()
    return loan.matures_on if first is None else first.end_before


def extended_months(session: Session, loan: Loan) -> int:
    """The months of all extensions that have taken effect, together (LOAN-24)."""
    asked = session.exec(
        select(LoanChange.asked).where(
            LoanChange.loan_id == loan.key,
            LoanChange.kind == ChangeKind.EXTENSION,
            LoanChange.stage == ChangeStage.EFFECTIVE,
        )
    )
    return sum(int(one["months"]) for one in asked)


def plans_of(session: Session, loan: Loan) -> dict[int, list[Instalment]]:
    """Every plan that the loan ever had, the newest first, with its lines in order."""
    query = select(Instalment).where(Instalment.loan_id == loan.key)
    plans: dict[int, list[Instalment]] = {}
    for row in session.exec(query.order_by(col(Instalment.plan).desc(), col(Instalment.number))):
        plans.setdefault(row.plan, []).append(row)
    return plans
