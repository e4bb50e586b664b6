"""The officers' inspections (LOAN-27), played once shortly before the demonstration opens; every ninth of those that
have not been due for long is left overdue."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session, col, select

from models.inspection import Inspection, InspectionKind, RightsFinding, UseFinding
from models.loan import Loan
from models.roles import Role
from models.states.loan import LoanStage
from models.states.using import InspectionStage
from talentbank.demo.stage import Story
from talentbank.demo.steps import Play
from workflows import inspecting

LEFT_OVERDUE = 9
SPREAD_DAYS = 60
"""Visits lie so many days back at most, so that the next ones do not all fall on one day."""


def visits(play: Play) -> Story:
    """Record what is due of the loans the bank holds: in order, used as agreed."""
    for row in _due(play.session, play.on):
        if row.key % LEFT_OVERDUE or row.due_on < play.on - timedelta(days=SPREAD_DAYS):
            _visit(play, row)
    return
    yield play.on


def _due(session: Session, on: date) -> list[Inspection]:
    query = (
        select(Inspection)
        .join(Loan, col(Loan.id) == col(Inspection.loan_id))
        .where(Inspection.stage == InspectionStage.DUE, Inspection.due_on <= on)
        .where(col(Loan.stage).in_([stage for stage in LoanStage if stage.owed]))
        .order_by(col(Inspection.id))
    )
    return list(session.exec(query))


def _visit(play: Play, row: Inspection) -> None:
    loan = play.session.get_one(Loan, row.loan_id)
    back = row.key % SPREAD_DAYS
    held_on = row.due_on if row.kind is InspectionKind.FIRST_USE else play.on - timedelta(days=back)
    inspecting.record(
        play.session,
        inspection=row,
        held_on=max(held_on, row.since),
        finding=UseFinding.AS_AGREED,
        looked_at=loan.disbursed,
        proof=f"演示凭证{row.key:05d}",
        rights=RightsFinding.IN_FORCE,
        remarks="现场查看设备与生产，采购发票与付款流水一致，经营正常。（演示）",
        **play.by(Role.LOAN_OFFICER),
    )
