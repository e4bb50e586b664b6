"""The officer's work list and the bureau's exposure page over 100,000 loans, as a browser gets them (issue: pages).

Each page is asked for through the whole web application; the median of several requests counts, at 100,000 loans and
at 1,000 in the same run.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.places import scratch, sqlite_bank
from bench.portfolio import fill
from bench.registry import Row, at_most, measures
from bench.timing import seconds, sized
from models.roles import Role

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests" / "support"))
from webdesk import Visitor, make_app, make_user

MANY, FEW = 100_000, 1_000
REQUESTS = 21
NOW = datetime(2026, 1, 6, 2, tzinfo=UTC)
PAGES = (("work_list", "/applications", Role.LOAN_OFFICER), ("exposure", "/funds", Role.FINANCE_BUREAU))
LOST = "the page answered with {status}"


@measures(
    "pages.work_list.median_ms",
    "pages.work_list.growth",
    "pages.exposure.median_ms",
    "pages.exposure.growth",
)
def pages(scale: float) -> Iterator[Row]:
    """Medians at 100,000 loans in milliseconds, and how many times those of 1,000 loans they are."""
    with scratch() as folder:
        small = _medians(folder / "few", sized(FEW, scale))
        large = _medians(folder / "many", sized(MANY, scale))
    for name, *_ in PAGES:
        against = f"{sized(MANY, scale):,} loans, SQLite, through the application"
        yield at_most(f"pages.{name}.median_ms", large[name] * 1000, 100, unit="ms", against=against)
        yield at_most(
            f"pages.{name}.growth",
            large[name] / small[name],
            3,
            against=f"the same page on {sized(FEW, scale):,} loans",
        )


def _medians(folder: Path, loans: int) -> dict[str, float]:
    folder.mkdir()
    with sqlite_bank(folder / "bank.db") as database:
        fill(database, loans)
        app = make_app(database, folder)
        app.state.clock = lambda: NOW
        found = {}
        for name, url, role in PAGES:
            window = Visitor(app).signed_in(make_user(database, role))
            _open(window, url)  # templates are read and compiled once
            found[name] = statistics.median(seconds(lambda w=window, u=url: _open(w, u)) for _ in range(REQUESTS))
        return found


def _open(window: Visitor, url: str) -> None:
    answer = window.get(url)
    if answer.status_code != 200:
        raise LookupError(LOST.format(status=answer.status_code))
