"""Laws of the ledger: whatever is posted, refused, reversed, held and closed, in any order, the proof of the books holds
and every balance is what a plain list of the same events says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.books.chart import CHART
from models.books.entry import Entry
from models.books.recipes import entry_for
from models.queries.books import balance, trial_balance
from models.roles import Actor, Institution, Role
from models.values.money import Money
from reports.proof import prove
from workflows import posting

START = date(2012, 11, 1)
AT = datetime(2012, 11, 30, 2, tzinfo=UTC)
CLERK = Actor(7, "王示例", frozenset({Role.FINANCE_BUREAU}))
LOANS = ("TBL-2012-0001", "TBL-2012-0002")

EVENTS: dict[str, tuple[str, ...]] = {
    "appropriated": ("amount",),
    "relender_capitalised": ("amount",),
    "bank_funded_by_owner": ("amount",),
    "guarantee_fee_received": ("amount",),
    "loan_approved": ("amount", "guaranteed"),
    "disbursed": ("amount",),
    "receipt_taken": ("amount",),
}
steps = st.one_of(
    st.tuples(
        st.just("post"),
        st.sampled_from(sorted(EVENTS)),
        st.integers(1, 400),
        st.sampled_from(LOANS),
        st.integers(0, 20),
        st.integers(0, 30),
    ),
    st.tuples(st.just("reverse"), st.integers(0, 30), st.integers(0, 20)),
    st.tuples(st.just("hold"), st.integers(1, 300), st.integers(0, 5)),
    st.tuples(st.just("let go"), st.integers(0, 5)),
    st.tuples(st.just("close"), st.integers(0, 6)),
    st.tuples(st.just("batch"), st.lists(st.integers(1, 90), min_size=1, max_size=5), st.integers(0, 30)),
)


@dataclass
class Model:
    """What the books must say: signed sums, what is held of the fund's cash, which keys are used, what is closed."""

    sums: dict[tuple[str, str], int] = field(default_factory=dict)
    held: int = 0
    holds: dict[str, int] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    closed: date = START - timedelta(days=1)

    def allows(self, entries: list[Entry]) -> bool:
        """Whether open days and limits take the entries together."""
        if any(entry.on <= self.closed for entry in entries):
            return False
        asked: dict[tuple[str, str], list[int]] = {}
        for entry in entries:
            for leg in entry.legs:
                for key in {(leg.account.name, ""), (leg.account.name, leg.part)}:
                    asked.setdefault(key, []).append(leg.fen)
        for (name, part), fens in asked.items():
            after = self.sums.get((name, part), 0) + sum(fens)
            held = self.held if (name, part) == ("relender.cash", "") else 0
            account = CHART[name]
            if account.floor is not None and min(fens) < 0 and after - held < account.floor:
                return False
            if account.ceiling is not None and max(fens) > 0 and after > account.ceiling:
                return False
        return True

    def take(self, entry: Entry) -> None:
        """The entry is booked."""
        self.entries[entry.key] = entry
        for leg in entry.legs:
            for key in {(leg.account.name, ""), (leg.account.name, leg.part)}:
                self.sums[key] = self.sums.get(key, 0) + leg.fen


class TestAnySequenceOfEvents:
    @given(sequence=st.lists(steps, max_size=22))
    @settings(max_examples=25)
    def test_keeps_the_proof_true_and_every_balance_right_on_sqlite(self, sqlite_database, sequence):
        play(sqlite_database, sequence)

    @pytest.mark.pg
    @given(sequence=st.lists(steps, max_size=22))
    @settings(max_examples=12)
    def test_keeps_the_proof_true_and_every_balance_right_on_postgresql(self, pg_database, sequence):
        play(pg_database, sequence)


def play(database, sequence):
    """Play the steps beside the model in one transaction that is given up at the end."""
    model = Model()
    with database.engine.connect() as connection, posting.Session(connection) as session:
        for number, step in enumerate(sequence):
            act(session, model, number, step)
        # These events come without the loans and guarantees that they would explain: sub-ledgers are no matter here.
        assert [one for one in prove(session).findings if one.check != "sub-ledgers"] == []
        for book in Institution:
            for account, found in trial_balance(session, book):
                assert found.net.fen == model.sums.get((account.name, ""), 0), account.name
        for (name, part), fen in model.sums.items():
            assert balance(session, name, part=part).net.fen == fen
        session.rollback()


def act(session, model, number, step):
    kind, *given_values = step
    match kind:
        case "post":
            event, yuan, loan, days, key = given_values
            attempt(session, model, [entry_of(event, yuan, loan, days, f"k{key}")])
        case "batch":
            yuans, key = given_values
            batch = [
                entry_of("appropriated", yuan, LOANS[0], 9, f"b{number}.{n}.{key}") for n, yuan in enumerate(yuans)
            ]
            attempt(session, model, batch, many=True)
        case "reverse":
            key, days = given_values
            reverse(session, model, f"k{key}", START + timedelta(days=days))
        case "hold":
            yuan, name = given_values
            hold(session, model, Money.yuan(yuan), f"h{name}")
        case "let go":
            let_go(session, model, f"h{given_values[0]}")
        case "close":
            close(session, model, START + timedelta(days=given_values[0]))


def entry_of(event: str, yuan: int, loan: str, days: int, key: str) -> Entry:
    amounts = {name: Money.yuan(yuan) for name in EVENTS[event]}
    parts = {"loan": loan, "application": "TBG-" + loan[4:], "owner": "others"}
    return entry_for(event, key=key, on=START + timedelta(days=days), cause="", amounts=amounts, parts=parts)


def attempt(session, model, entries, many=False):
    """Post; the model says whether the bank takes it, answers what stands there, or refuses."""
    known = [model.entries.get(entry.key) for entry in entries]
    closed = any(entry.on <= model.closed for entry in entries)
    try:
        with session.begin_nested():
            if many:
                posting.post_many(session, entries, by=CLERK, at=AT)
            else:
                posting.post(session, entries[0], by=CLERK, at=AT)
    except posting.KeyUsedForAnother:
        assert known[0] is not None
        assert known[0] != entries[0]
    except (posting.LimitReached, posting.PeriodClosed):
        assert closed or (known[0] is None and not model.allows(entries))
    else:
        if known[0] is None:
            assert model.allows(entries)
            for entry in entries:
                model.take(entry)
        else:
            assert known[0] == entries[0]


def reverse(session, model, key, on):
    mirror = model.entries[key].reversed(key=f"reversal:{key}", on=on, cause="冲正") if key in model.entries else None
    try:
        with session.begin_nested():
            posting.reverse(session, key, cause="冲正", by=CLERK, on=on, at=AT)
    except posting.NotThere:
        assert mirror is None
    except posting.KeyUsedForAnother:
        assert mirror is not None
        assert f"reversal:{key}" in model.entries
    except (posting.LimitReached, posting.PeriodClosed):
        assert mirror is not None
        assert on <= model.closed or not model.allows([mirror])
    else:
        assert mirror is not None
        if mirror.key not in model.entries:
            model.take(mirror)


def hold(session, model, amount, key):
    free = model.sums.get(("relender.cash", ""), 0) - model.held
    try:
        with session.begin_nested():
            posting.hold(
                session, "relender.cash", amount, key=key, cause="", expires=date(2030, 1, 1), by=CLERK, on=START, at=AT
            )
    except posting.KeyUsedForAnother:
        assert model.holds[key] != amount.fen
    except posting.LimitReached:
        assert key not in model.holds
        assert free < amount.fen
    else:
        if key not in model.holds:
            assert free >= amount.fen
            model.holds[key] = amount.fen
            model.held += amount.fen


def let_go(session, model, key):
    try:
        with session.begin_nested():
            gone = posting.end_hold(session, key, "released", by=CLERK, on=START, at=AT)
    except posting.HoldGone:
        assert not model.holds.get(key) or key in model.entries
    else:
        assert gone.fen == model.holds[key]
        model.held -= gone.fen
        # The key stays used for ever, but nothing remains under it.
        model.entries[key] = next(iter(model.entries.values()), entry_of("appropriated", 1, LOANS[0], 0, "unused"))


def close(session, model, through):
    try:
        with session.begin_nested():
            posting.close_period(session, through=through, by=CLERK, at=AT)
    except posting.PeriodClosed:
        assert through <= model.closed
    else:
        model.closed = max(model.closed, through)
