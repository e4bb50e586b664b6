"""Guarantees and claims: the one behind a loan, and the lists of the guarantee desk, paged in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.firm import Firm
from models.guarantee import Claim, Guarantee
from models.loan import Loan
from models.queries.guarantor import guarantor_net_assets, related_firms
from models.refusals import NotThere
from models.states.aftercare import ClaimStage, GuaranteeStage
from models.talent import Talent
from models.values.money import Money

__all__ = [
    "ClaimLine",
    "GuaranteeLine",
    "claim_by_number",
    "claim_rows",
    "guarantee_by_number",
    "guarantee_of_decision",
    "guarantee_of_loan",
    "guarantee_rows",
    "guarantor_net_assets",
    "related_firms",
    "stage_counts",
]

PAGE = 50


def guarantee_of_loan(session: Session, loan: Loan) -> Guarantee | None:
    """The guarantee behind a loan, whatever has become of it; None for a loan without one."""
    return session.exec(select(Guarantee).where(Guarantee.loan_number == loan.number)).first()


def guarantee_of_decision(session: Session, decision_id: int) -> Guarantee | None:
    """The newest guarantee that was reserved for a decision."""
    query = select(Guarantee).where(Guarantee.decision_id == decision_id).order_by(col(Guarantee.id).desc())
    return session.exec(query).first()


@dataclass(frozen=True, slots=True)
class GuaranteeLine:
    """A guarantee in a list; `firm` is empty while it is only planned, then the talent stands for it. `loan_id` is None
    until the contract is signed: the loan has its number from the approval on, but no account."""

    id: int
    number: str
    loan_id: int | None
    loan_number: str
    firm: str
    talent: str
    amount: Money
    in_force: Money
    share_ppm: int
    fee: Money
    in_force_on: date | None
    ends_on: date | None
    reserved_to: date
    stage: GuaranteeStage
    label: str


_GUARANTEE: tuple[Any, ...] = (
    Guarantee.id,
    Guarantee.number,
    Guarantee.loan_id,
    Guarantee.loan_number,
    sa.func.coalesce(Firm.name, "").label("firm"),
    col(Talent.name).label("talent"),
    Guarantee.amount,
    Guarantee.in_force,
    Guarantee.share_ppm,
    Guarantee.fee,
    Guarantee.in_force_on,
    Guarantee.ends_on,
    Guarantee.reserved_to,
    Guarantee.stage,
    Guarantee.label,
)
GUARANTEE_SORTS: dict[str, Any] = {
    "number": Guarantee.id,
    "amount": Guarantee.amount,
    "in_force": Guarantee.in_force,
    "reserved_to": Guarantee.reserved_to,
    "firm": Firm.name_sort,
}
"""What the list of guarantees may be sorted by; a minus in front turns the order."""


def guarantee_rows(
    session: Session,
    *,
    stage: GuaranteeStage | None = None,
    binding: bool | None = None,
    text: str = "",
    firm_id: int | None = None,
    talent_id: int | None = None,
    sort: str = "-number",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[GuaranteeLine], int]:
    """A page of guarantees and how many there are in all.

    `binding` asks for those that take capacity; `text` looks for the number of a guarantee or loan by its beginning, and
    for a firm or talent by any part of the name; an unknown `sort` is read as the newest first.
    """
    conditions = _equal((Guarantee.stage, stage), (Guarantee.firm_id, firm_id), (Guarantee.talent_id, talent_id))
    if binding is not None:
        takes = col(Guarantee.stage).in_([one for one in GuaranteeStage if one.takes_capacity])
        conditions.append(takes if binding else sa.not_(takes))
    if text.strip():
        conditions.append(
            sa.or_(
                col(Guarantee.number).startswith(text.strip().upper(), autoescape=True),
                col(Guarantee.loan_number).startswith(text.strip().upper(), autoescape=True),
                col(Guarantee.firm_id).in_(_firms(text)),
                col(Guarantee.talent_id).in_(_talents(text)),
            )
        )
    query = (
        sa.select(*_GUARANTEE)
        .join(Talent, col(Talent.id) == col(Guarantee.talent_id))
        .join(Firm, col(Firm.id) == col(Guarantee.firm_id), isouter=True)
    )
    total = session.exec(select(sa.func.count()).select_from(Guarantee).where(*conditions)).one()
    order = _order(GUARANTEE_SORTS, sort, Guarantee.id)
    rows = session.execute(query.where(*conditions).order_by(*order).limit(limit).offset(offset))
    return [GuaranteeLine(*row) for row in rows], int(total)


def stage_counts(session: Session) -> dict[GuaranteeStage, int]:
    """How many guarantees stand in each stage; stages without any are left out."""
    rows = session.execute(sa.select(col(Guarantee.stage), sa.func.count()).group_by(col(Guarantee.stage)))
    return {stage: int(count) for stage, count in rows}


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A claim in a list; what is open of it is `payout` less `recovered`."""

    id: int
    number: str
    loan_number: str
    guarantee_number: str
    firm: str
    filed_on: date
    pay_by: date
    paid_on: date | None
    days_past_due: int
    payout: Money
    recovered: Money
    stage: ClaimStage

    def late(self, on: date) -> bool:
        """Whether it should have been paid by now (GUA-14)."""
        return self.stage in (ClaimStage.FILED, ClaimStage.ACCEPTED) and self.pay_by < on


_CLAIM: tuple[Any, ...] = (
    Claim.id,
    Claim.number,
    col(Loan.number).label("loan_number"),
    col(Guarantee.number).label("guarantee_number"),
    col(Firm.name).label("firm"),
    Claim.filed_on,
    Claim.pay_by,
    Claim.paid_on,
    Claim.days_past_due,
    Claim.payout,
    Claim.recovered,
    Claim.stage,
)
CLAIM_SORTS: dict[str, Any] = {
    "number": Claim.id,
    "filed_on": Claim.filed_on,
    "pay_by": Claim.pay_by,
    "payout": Claim.payout,
    "recovered": Claim.recovered,
    "firm": Firm.name_sort,
}
"""What the list of claims may be sorted by."""


def claim_rows(
    session: Session,
    *,
    stage: ClaimStage | None = None,
    loan_id: int | None = None,
    text: str = "",
    sort: str = "-number",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[ClaimLine], int]:
    """A page of claims and how many there are in all; `text` as for guarantees."""
    conditions = _equal((Claim.stage, stage), (Claim.loan_id, loan_id))
    if text.strip():
        conditions.append(
            sa.or_(
                col(Claim.number).startswith(text.strip().upper(), autoescape=True),
                col(Loan.number).startswith(text.strip().upper(), autoescape=True),
                col(Loan.firm_id).in_(_firms(text)),
            )
        )
    query = (
        sa.select(*_CLAIM)
        .join(Loan, col(Loan.id) == col(Claim.loan_id))
        .join(Guarantee, col(Guarantee.id) == col(Claim.guarantee_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
    )
    counting = select(sa.func.count()).select_from(Claim).join(Loan, col(Loan.id) == col(Claim.loan_id))
    total = session.exec(counting.where(*conditions)).one()
    order = _order(CLAIM_SORTS, sort, Claim.id)
    rows = session.execute(query.where(*conditions).order_by(*order).limit(limit).offset(offset))
    return [ClaimLine(*row) for row in rows], int(total)


def guarantee_by_number(session: Session, number: str) -> Guarantee:
    """The guarantee with this number; refuses with NotThere."""
    found = session.exec(select(Guarantee).where(Guarantee.number == number)).one_or_none()
    if found is None:
        raise NotThere(what=number)
    return found


def claim_by_number(session: Session, number: str) -> Claim:
    """The claim with this number; refuses with NotThere."""
    found = session.exec(select(Claim).where(Claim.number == number)).one_or_none()
    if found is None:
        raise NotThere(what=number)
    return found


def _equal(*asked: tuple[Any, object]) -> list[sa.ColumnElement[bool]]:
    return [column == value for column, value in asked if value is not None]


def _firms(text: str) -> sa.Select[Any]:
    return sa.select(col(Firm.id)).where(col(Firm.name).contains(text.strip(), autoescape=True))


def _talents(text: str) -> sa.Select[Any]:
    return sa.select(col(Talent.id)).where(col(Talent.name).contains(text.strip(), autoescape=True))


def _order(sorts: dict[str, Any], sort: str, tie: Any) -> tuple[Any, ...]:
    """The order asked for, made stable by the id; unknown means the newest first."""
    name, down = sort.lstrip("-"), sort.startswith("-")
    if name not in sorts:
        return (col(tie).desc(),)
    column = col(sorts[name])
    return (column.desc(), col(tie).desc()) if down else (column.asc(), col(tie).asc())
