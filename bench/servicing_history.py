"""One loan walked through anew after a payment of an earlier day (issue: any order, one result).

The loan is 2,400 days old with 2,000 dues. The yardstick is reading its own rows as the bank's objects; the day blocks,
which hold its accruals among those of all loans, are left out of it, which makes the yardstick shorter.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session, select

from bench.places import scratch, sqlite_bank
from bench.registry import Row, at_most, measures, shown
from bench.timing import in_turns, sized
from models.lending.terms import RepaymentMethod
from models.loan import Instalment, Loan, LoanMeter, Receipt
from models.values.money import ZERO, Money
from workflows import loan_account, servicing
from workflows.recomputing import Cause, adopt, course

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "support"))
from credit import (
    AT,
    OFFICER,
    ON,
    a_contract,
    a_reservation,
    an_approval,
    endow,
    pay_out,
    put_in_force,
    yuan,
)

DAYS, DUES = 2_400, 2_000
LATE = 20
"""So many days after the money came in the bank hears of it."""


@measures("servicing.history.recompute.of_reading", "servicing.history.recompute.ms", "servicing.history.walk.ms")
def history(scale: float) -> Iterator[Row]:
    """A whole back-dated receipt (two walks, rows, books) against reading the loan's rows; and one walk by itself."""
    days, dues = sized(DAYS, scale, least=60), sized(DUES, scale, least=40)
    with scratch() as folder, sqlite_bank(folder / "bank.db") as database:
        with database.write() as session:
            endow(session, bank=yuan(1_000_000_000))
            number = _aged(session, days, dues)

        def read() -> None:
            with database.read() as session:
                loan = session.exec(select(Loan).where(Loan.number == number)).one()
                for kind in (Instalment, Receipt, LoanMeter):
                    session.exec(select(kind).where(kind.loan_id == loan.key)).all()  # type: ignore[attr-defined]

        def walk_once() -> None:
            with database.read() as session:
                course(session, session.exec(select(Loan).where(Loan.number == number)).one(), _today(days))

        turn = iter(range(1_000))

        def recompute() -> None:
            with database.write() as session:
                loan = session.exec(select(Loan).where(Loan.number == number)).one()
                today = _today(days)
                servicing.receive(
                    session, loan=loan, amount=yuan(777), bank_ref=f"late-{next(turn)}", by=OFFICER, on=today, at=AT,
                    value_on=today - timedelta(days=LATE),
                )  # fmt: skip

        reading, walking, all_of_it = in_turns(read, walk_once, recompute)
    against = f"reading {dues:,} dues of a loan of {days:,} days, SQLite"
    yield at_most("servicing.history.recompute.of_reading", all_of_it / reading, 50, against=against)
    yield shown(
        "servicing.history.recompute.ms", all_of_it * 1000, unit="ms", against="a receipt taken in 20 days late"
    )
    yield shown(
        "servicing.history.walk.ms", walking * 1000, unit="ms", against="its facts read and walked through once"
    )


def _today(days: int) -> date:
    return ON + timedelta(days=days)


def _aged(session: Session, days: int, dues: int) -> str:
    """A loan with so many dues whose days went by in one step: as the walk finds it on the last morning."""
    application, decision = an_approval(session, amount=yuan(10_000_000))
    cover = a_reservation(session, application, decision)
    contract, loan = a_contract(session, application, decision)
    put_in_force(session, cover)
    ends = ON + timedelta(days=days + 30)
    contract.method, contract.settle_freq, contract.settle_day = RepaymentMethod.FREE_FORM, None, None
    contract.end_on = loan.matures_on = ends
    each = loan.amount.fen // (dues + 1)
    falls = [ON + timedelta(days=1 + place * (days - 1) // dues) for place in range(dues)]
    contract.plan = [
        *({"due_on": due.isoformat(), "fen": each} for due in falls),
        {"due_on": ends.isoformat(), "fen": loan.amount.fen - each * dues},
    ]
    session.add_all((contract, loan))
    pay_out(session, loan)
    today = _today(days)
    before = course(session, loan, ON)
    meter = loan_account.meter_of(session, loan)
    meter.through = today - timedelta(days=1)
    after = course(session, loan, today)
    cause = Cause("receipt", "aged", ON, f"adjust:{loan.number}:aged")
    adopt(session, loan, before, after, cause, cash=ZERO, by=OFFICER, on=today, at=AT)
    for place in range(12):  # some payments that came in time
        servicing.receive(
            session, loan=loan, amount=Money(each * (place + 1)), bank_ref=f"paid-{place}", by=OFFICER, on=today, at=AT
        )
    return loan.number
