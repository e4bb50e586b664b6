"""Inspections after the pay-out: when they fall due, how they follow the watch list, what a finding leads to (LOAN-27)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from accounts import a_loan
from credit import AT, DISBURSER, OFFICER, ON, REVIEWER, endow, yuan
from sqlmodel import Session, select

from models.inspection import Inspection, InspectionKind, RightsFinding, UseFinding
from models.journal import Message
from models.loan import Loan, PayOut
from models.refusals import NotAllowed
from models.roles import SYSTEM
from models.states.loan import LoanStage
from models.states.machine import MoveNotOpen
from models.states.using import InspectionStage
from models.user import User
from models.values.money import ZERO
from models.watch import AlarmLevel, Signal, WatchCase
from talentbank.database import Database
from workflows import disbursement, inspecting, paying_on, watch

SUPPLIER = "示例设备有限公司"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session on a bank with its rules and its capital."""
    with database.write() as writing:
        endow(writing)
        yield writing


@pytest.fixture
def loan(session: Session) -> Loan:
    """A loan of which one million was paid out on the day."""
    made = a_loan(session)
    paid(session, made)
    return made


def paid(session: Session, loan: Loan, amount: str = "1000000", *, on: date = ON) -> PayOut:
    asked = disbursement.request_pay_out(
        session, loan=loan, amount=yuan(amount), payee=SUPPLIER, by=OFFICER, on=on, at=AT
    )
    ref = f"BK{asked.number}"
    return disbursement.pay_out(session, pay_out=asked, bank_ref=ref, by=DISBURSER, on=on, at=AT)


def of_kind(session: Session, loan: Loan, kind: InspectionKind) -> list[Inspection]:
    query = select(Inspection).where(Inspection.loan_id == loan.key, Inspection.kind == kind)
    return sorted(session.exec(query), key=lambda one: one.key)


def regular(session: Session, loan: Loan) -> Inspection:
    return next(one for one in of_kind(session, loan, InspectionKind.REGULAR) if one.stage is InspectionStage.DUE)


def recorded(session: Session, row: Inspection, on: date, **more: Any) -> Inspection:
    given: dict[str, Any] = {
        "held_on": on,
        "finding": UseFinding.AS_AGREED,
        "looked_at": yuan(1_000_000),
        "proof": "示例发票001",
        "rights": RightsFinding.NONE,
        "remarks": "设备已到货",
    }
    return inspecting.record(session, inspection=row, **(given | more), by=OFFICER, on=on, at=AT)


def warned(session: Session, loan: Loan, on: date) -> WatchCase:
    return watch.raise_case(
        session,
        loan=loan,
        signal=Signal.COURT_RECORD,
        level=AlarmLevel.ORANGE,
        evidence="示例",
        by=OFFICER,
        on=on,
        at=AT,
    )


class TestTheCalendar:
    def test_looks_at_the_use_of_each_pay_out_within_thirty_days(self, session, loan):
        second = paid(session, loan, "500000")
        found = of_kind(session, loan, InspectionKind.FIRST_USE)
        assert [one.due_on for one in found] == [ON + timedelta(days=30)] * 2
        assert found[1].pay_out_id == second.key

    def test_looks_at_the_loan_every_quarter(self, session, loan):
        assert regular(session, loan).due_on == date(2013, 2, 7)
        paid(session, loan, "500000")
        assert len(of_kind(session, loan, InspectionKind.REGULAR)) == 1

    def test_goes_on_from_the_day_of_each_visit(self, session, loan):
        recorded(session, regular(session, loan), date(2013, 1, 31))
        assert regular(session, loan).due_on == date(2013, 4, 30)

    def test_turns_monthly_while_a_warning_is_open_and_quarterly_again_afterwards(self, session, loan):
        case = warned(session, loan, ON)
        inspecting.remind(session, by=SYSTEM, on=ON, at=AT)
        row = regular(session, loan)
        assert (row.due_on, row.watched) == (date(2012, 12, 7), True)
        owner = session.exec(select(User)).first()
        assert owner is not None
        case.stage = watch.WatchStage.CLEARED
        session.add(case)
        inspecting.remind(session, by=SYSTEM, on=ON, at=AT)
        assert (row.due_on, row.watched) == (date(2013, 2, 7), False)

    def test_asks_for_no_visit_on_a_day_that_has_passed(self, session, loan):
        warned(session, loan, date(2013, 1, 20))
        inspecting.follow_watch_list(session, on=date(2013, 1, 20))
        assert regular(session, loan).due_on == date(2013, 1, 20)

    def test_does_not_excuse_what_is_overdue(self, session, loan):
        warned(session, loan, date(2013, 2, 20))
        inspecting.follow_watch_list(session, on=date(2013, 2, 20))
        row = regular(session, loan)
        assert (row.due_on, row.watched) == (date(2013, 2, 7), True)

    def test_is_filled_at_a_months_end_for_loans_without_one(self, session, loan):
        session.delete(regular(session, loan))
        inspecting.remind(session, by=SYSTEM, on=date(2012, 11, 29), at=AT)
        assert not of_kind(session, loan, InspectionKind.REGULAR)
        inspecting.remind(session, by=SYSTEM, on=date(2012, 11, 30), at=AT)
        assert regular(session, loan).due_on == date(2013, 2, 28)

    def test_lets_go_of_loans_that_are_over(self, session, loan):
        loan.stage = LoanStage.SETTLED
        session.add(loan)
        told = inspecting.remind(session, by=SYSTEM, on=date(2012, 12, 1), at=AT)
        (first,) = of_kind(session, loan, InspectionKind.FIRST_USE)
        assert (first.stage, told) == (InspectionStage.CANCELLED, 0)


class TestReminders:
    def notices(self, session: Session) -> list[tuple[str, str]]:
        rows = session.exec(select(Message).where(Message.subject.startswith("inspection")))  # type: ignore[attr-defined]
        return [(row.subject, json.loads(row.body)["due_on"]) for row in rows]

    def test_come_a_week_before_and_on_the_day_after(self, session, loan):
        due = ON + timedelta(days=30)
        pay_out = session.exec(select(PayOut)).one()
        paying_on.file_use(
            session, pay_out=pay_out, paid_to=SUPPLIER, amount=pay_out.amount, paid_on=ON, proof="示例", by=OFFICER, on=ON, at=AT
        )  # fmt: skip
        told = [
            inspecting.remind(session, by=SYSTEM, on=due + timedelta(days=days), at=AT)
            for days in (-8, -7, -6, 0, 1, 2)
        ]
        assert told == [0, 1, 0, 0, 1, 0]
        assert self.notices(session) == [("inspection.due_soon", str(due)), ("inspection.overdue", str(due))]

    def test_stop_once_the_visit_is_recorded(self, session, loan):
        (first,) = of_kind(session, loan, InspectionKind.FIRST_USE)
        recorded(session, first, ON)
        inspecting.remind(session, by=SYSTEM, on=first.due_on - timedelta(days=7), at=AT)
        assert self.notices(session) == []


class TestRecording:
    def test_keeps_what_was_found_by_whom(self, session, loan):
        (first,) = of_kind(session, loan, InspectionKind.FIRST_USE)
        row = recorded(session, first, date(2012, 11, 20))
        assert (row.stage, row.held_on, row.held_by) == (InspectionStage.RECORDED, date(2012, 11, 20), OFFICER.user_id)
        assert (row.finding, row.looked_at, row.diverted) == (UseFinding.AS_AGREED, yuan(1_000_000), ZERO)
        with pytest.raises(MoveNotOpen):
            recorded(session, first, date(2012, 11, 21))

    def test_hands_diverted_money_over_and_speeds_the_calendar_up(self, session, loan):
        (first,) = of_kind(session, loan, InspectionKind.FIRST_USE)
        recorded(session, first, date(2012, 11, 20), finding=UseFinding.DIVERTED, diverted=yuan(300_000))
        case = session.exec(select(WatchCase)).one()
        assert (case.signal, case.level, case.loan_id) == (Signal.USE_DIVERTED, AlarmLevel.RED, loan.key)
        assert "300,000.00" in case.evidence
        assert regular(session, loan).due_on == date(2012, 12, 7)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"finding": UseFinding.DIVERTED},
            {"finding": UseFinding.DIVERTED, "diverted": yuan("1000000.01")},
            {"finding": UseFinding.AS_AGREED, "diverted": yuan(1)},
        ],
    )
    def test_says_how_much_was_diverted_where_it_was_and_only_there(self, session, loan, wrong):
        (first,) = of_kind(session, loan, InspectionKind.FIRST_USE)
        with pytest.raises(inspecting.DivertedAmountWrong):
            recorded(session, first, ON, **wrong)
        assert first.stage is InspectionStage.DUE

    def test_is_the_officers(self, session, loan):
        (first,) = of_kind(session, loan, InspectionKind.FIRST_USE)
        with pytest.raises(NotAllowed):
            inspecting.record(
                session, inspection=first, held_on=ON, finding=UseFinding.AS_AGREED, looked_at=ZERO, proof="示例",
                rights=RightsFinding.NONE, remarks="示例", by=REVIEWER, on=ON, at=AT,
            )  # fmt: skip

    def test_of_a_loan_that_is_over_is_refused(self, session, loan):
        row = regular(session, loan)
        loan.stage = LoanStage.SETTLED
        with pytest.raises(inspecting.NothingToInspect):
            recorded(session, row, ON)
