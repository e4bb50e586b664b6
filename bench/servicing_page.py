"""The page of a loan with two thousand dues and years of days, against that of a fresh loan, as a browser gets them."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bench.places import scratch, sqlite_bank
from bench.registry import Row, at_most, measures, shown
from bench.servicing_history import DAYS, DUES, _aged, _today
from bench.timing import seconds, sized
from models.roles import Role

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "support"))
from credit import AT, a_debtor, a_guaranteed_loan, endow, yuan
from webdesk import Visitor, make_app, make_user

REQUESTS = 21


@measures("servicing.loan_page.growth", "servicing.loan_page.median_ms")
def loan_page(scale: float) -> Iterator[Row]:
    """Medians of the same page; both loans lie in one bank."""
    days, dues = sized(DAYS, scale, least=60), sized(DUES, scale, least=40)
    with scratch() as folder, sqlite_bank(folder / "bank.db") as database:
        with database.write() as session:
            endow(session, bank=yuan(1_000_000_000))
            old = _aged(session, days, dues)
            fresh = a_guaranteed_loan(session, firm=a_debtor(session), on=_today(days)).loan.number
        app = make_app(database, folder)
        app.state.clock = lambda: datetime.combine(_today(days), AT.timetz())
        user = make_user(database, Role.LOAN_OFFICER)
        visitor = Visitor(app).signed_in(user)
        found = {}
        for number in (fresh, old, fresh, old):

            def asked(number: str = number) -> None:
                status = visitor.get(f"/loans/{number}").status_code
                if status != 200:
                    raise AssertionError(f"the page answered with {status}")

            asked()
            best = statistics.median(seconds(asked) for _ in range(REQUESTS))
            found[number] = min(best, found.get(number, best))
    against = f"the page of a fresh loan ({found[fresh] * 1000:.0f} ms); the other has {dues:,} dues and {days:,} days"
    yield at_most("servicing.loan_page.growth", found[old] / found[fresh], 2, against=against)
    yield shown("servicing.loan_page.median_ms", found[old] * 1000, unit="ms", against="the long loan's page")
