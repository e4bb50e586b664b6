"""Where the money of a pay-out went: to the supplier in time (LOAN-07), or proved afterwards (LOAN-06)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from accounts import a_loan
from credit import AT, DISBURSER, OFFICER, ON, REVIEWER, endow, yuan
from sqlmodel import Session, select

from models.firm import Firm
from models.loan import Loan, PayOut
from models.refusals import NotAllowed
from models.roles import SYSTEM
from models.states.loan import LoanStage
from models.tranche import UseKind
from models.values.calendar import CHINA
from models.watch import AlarmLevel, Signal, WatchCase
from talentbank.database import Database
from workflows import disbursement, paying_on
from workflows.given import DateAhead, DatesReversed

SUPPLIER = "示例设备有限公司"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session on a bank with its rules and its capital."""
    with database.write() as writing:
        endow(writing)
        yield writing


@pytest.fixture
def loan(session: Session) -> Loan:
    return a_loan(session)


def asked(session: Session, loan: Loan, amount: str, payee: str = SUPPLIER) -> PayOut:
    return disbursement.request_pay_out(
        session, loan=loan, amount=yuan(amount), payee=payee, by=OFFICER, on=ON, at=AT
    )  # fmt: skip


def paid(session: Session, loan: Loan, amount: str = "1000000", payee: str = SUPPLIER) -> PayOut:
    row = asked(session, loan, amount, payee)
    return disbursement.pay_out(session, pay_out=row, bank_ref=f"BK{row.number}", by=DISBURSER, on=ON, at=AT)


def filed(session: Session, pay_out: PayOut, amount: str, *, to: str = SUPPLIER, day: date = ON, on: date = ON):
    return paying_on.file_use(
        session,
        pay_out=pay_out,
        paid_to=to,
        amount=yuan(amount),
        paid_on=day,
        proof="示例流水",
        by=OFFICER,
        on=on,
        at=AT,
    )


class TestAnEntrustedPayment:
    def test_has_five_working_days_and_ten_at_the_latest(self, session, loan):
        paid(session, loan)
        (one,) = paying_on.open_uses(session, ON)
        assert (one.kind, one.left) == (UseKind.ENTRUSTED, yuan(1_000_000))
        assert (one.due_on, one.last_on) == (date(2012, 11, 14), date(2012, 11, 21))
        assert CHINA.business_days_between(ON, one.due_on) == 5
        assert not one.late(one.due_on)
        assert one.late(one.due_on + timedelta(days=1))

    def test_goes_to_the_named_supplier_only(self, session, loan):
        pay_out = paid(session, loan)
        with pytest.raises(paying_on.NotTheSupplier):
            filed(session, pay_out, "1000000", to="别的公司")

    def test_that_is_late_is_put_on_the_watch_list_and_turns_red_after_the_last_day(self, session, loan):
        paid(session, loan)
        days = [ON + timedelta(days=number) for number in range(1, 20)]
        raised = {day: paying_on.warn_late(session, by=SYSTEM, on=day, at=AT) for day in days}
        assert [day for day, number in raised.items() if number] == [date(2012, 11, 15), date(2012, 11, 22)]
        case = session.exec(select(WatchCase)).one()
        assert (case.signal, case.level) == (Signal.PAYMENT_LATE, AlarmLevel.RED)

    def test_that_went_on_in_time_warns_nobody(self, session, loan):
        filed(session, paid(session, loan), "1000000")
        assert paying_on.open_uses(session, ON) == []
        assert paying_on.warn_late(session, by=SYSTEM, on=date(2012, 11, 15), at=AT) == 0


class TestASelfPayment:
    def test_is_proved_within_thirty_days_part_by_part(self, session, loan):
        firm = session.get_one(Firm, loan.firm_id).name
        pay_out = paid(session, loan, "500000", firm)
        (one,) = paying_on.open_uses(session, ON)
        assert (one.kind, one.due_on) == (UseKind.OWN, ON + timedelta(days=30))
        filed(session, pay_out, "200000", to="示例材料商")
        assert paying_on.open_uses(session, ON)[0].left == yuan(300_000)
        filed(session, pay_out, "300000", to="示例检测机构")
        assert paying_on.open_uses(session, ON) == []

    def test_never_shows_more_than_was_paid_out(self, session, loan):
        pay_out = paid(session, loan, "500000")
        filed(session, pay_out, "400000")
        for amount in ("100000.01", "0", "-1"):
            with pytest.raises(paying_on.MoreThanPaidOut):
                filed(session, pay_out, amount)

    def test_that_is_late_is_listed_and_no_warning(self, session, loan):
        paid(session, loan, "500000")
        day = ON + timedelta(days=31)
        assert paying_on.open_uses(session, day)[0].late(day)
        assert paying_on.warn_late(session, by=SYSTEM, on=day, at=AT) == 0


class TestWhatIsFiled:
    def test_lies_between_the_pay_out_and_today(self, session, loan):
        pay_out = paid(session, loan)
        with pytest.raises(DatesReversed):
            filed(session, pay_out, "1", day=ON - timedelta(days=1))
        with pytest.raises(DateAhead):
            filed(session, pay_out, "1", day=ON + timedelta(days=1))

    def test_waits_for_the_pay_out(self, session, loan):
        with pytest.raises(paying_on.NotPaidOut):
            filed(session, asked(session, loan, "1000000"), "1")

    def test_is_the_officers_or_the_disbursers(self, session, loan):
        with pytest.raises(NotAllowed):
            paying_on.file_use(
                session, pay_out=paid(session, loan), paid_to=SUPPLIER, amount=yuan(1), paid_on=ON, proof="示例",
                by=REVIEWER, on=ON, at=AT,
            )  # fmt: skip

    def test_is_asked_no_more_of_a_loan_that_is_over(self, session, loan):
        paid(session, loan)
        loan.stage = LoanStage.SETTLED
        session.add(loan)
        session.flush()
        assert paying_on.open_uses(session, ON) == []
