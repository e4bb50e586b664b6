"""The loans that the bank holds, as columns: read once, then only what was written since (ledger.md 2.4).

Between two days a few loans in a hundred change. `Standing` keeps the columns of every partition in memory; a day reads
anew the loans that `loan_touch` names, adds the instalments that begin, and takes the rest from the day before. What is
kept is trusted only if the newest block of the partition is the one that it was kept with; otherwise everything is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from models.application import Product
from models.lending import day
from models.lending.ageing import CLASSES
from models.lending.blocks import DayColumns, unpack
from models.lending.columns import Column
from models.lending.earned import earned_columns
from models.lending.terms import BY_MONTHS
from models.loan import FIRMS_A_PART
from models.states.loan import LoanStage
from models.values.rate import MILLION

PRODUCTS = tuple(Product)
_OWED = ", ".join(f"'{stage}'" for stage in LoanStage if stage.owed)
_RANK = "CASE l.five_class " + " ".join(f"WHEN '{word}' THEN {word.rank}" for word in CLASSES) + " END"
_PRODUCT = "CASE l.product " + " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(PRODUCTS)) + " END"
_MONTHS = "CASE WHEN c.method IN (" + ", ".join(f"'{word}'" for word in sorted(BY_MONTHS)) + ") THEN 1 ELSE 0 END"
_HELD = (
    "CASE WHEN l.five_class = 'special_mention' AND (SELECT x.actor_id FROM class_change x WHERE x.loan_id = l.id"
    " ORDER BY x.id DESC LIMIT 1) <> 0 THEN 1 ELSE 0 END"
)

_LOAN_COLUMNS: dict[str, tuple[str, str]] = {
    "loan_id": ("l.id", "i8"),
    "firm_id": ("l.firm_id", "i8"),
    "outstanding": ("l.outstanding", "i8"),
    "rate_ppm": ("l.rate", "i4"),
    "uplift_ppm": ("c.penalty_uplift_ppm", "i4"),
    "day_basis": ("c.day_basis", "i4"),
    "matures_on": ("{l.matures_on}", "i4"),
    "rank": (_RANK, "i1"),
    "floor": (_RANK.replace("five_class", "class_floor"), "i1"),
    "suspended": ("CASE WHEN l.non_accrual THEN 1 ELSE 0 END", "i1"),
    "oldest_unpaid": ("COALESCE({l.oldest_unpaid}, 0)", "i4"),
    "product": (_PRODUCT, "i1"),
    "by_months": (_MONTHS, "i1"),
    "active": ("CASE WHEN l.stage = 'active' THEN 1 ELSE 0 END", "i1"),
    "held": (_HELD, "i1"),
    "through": ("COALESCE({m.through}, 0)", "i4"),
    "interest": ("m.interest_fen", "i8"),
    "penalty": ("m.penalty_fen", "i8"),
    "compound": ("m.compound_fen", "i8"),
    "penalty_rest": ("m.penalty_rest", "i4"),
    "compound_rest": ("m.compound_rest", "i4"),
}
"""Name of a column, where it is read from (dates in braces), and how wide it is kept."""

METERS = ("interest", "penalty", "compound", "penalty_rest", "compound_rest")

_LINE_COLUMNS: dict[str, tuple[str, str]] = {
    "loan_id": ("i.loan_id", "i8"),
    "period_start": ("{i.period_start}", "i4"),
    "period_end": ("{i.period_end}", "i4"),
    "payable_on": ("{i.payable_on}", "i4"),
    "balance": ("i.balance_before", "i8"),
    "principal": ("i.principal - i.principal_paid", "i8"),
    "interest": ("i.interest - i.interest_paid", "i8"),
    "own": ("i.interest - i.brought", "i8"),
}
_LOANS = (
    " FROM loan l JOIN contract c ON c.id = l.contract_id JOIN loan_meter m ON m.loan_id = l.id"
    # Not by the stage's index: nearly every loan is held, and what follows names the few that are read.
    f" WHERE l.stage || '' IN ({_OWED}) AND "  # nosec B608  words of our own vocabularies
)
_LINES = " FROM instalment i JOIN loan l ON l.id = i.loan_id WHERE i.live AND i.settled_on IS NULL AND "
_OF_PART = f"l.firm_id >= :part * {FIRMS_A_PART} AND l.firm_id < (:part + 1) * {FIRMS_A_PART}"
_OF_IDS = {
    "sqlite": "l.id IN (SELECT value FROM json_each(:ids))",
    "postgresql": "l.id IN (SELECT CAST(v AS bigint) FROM json_array_elements_text(CAST(:ids AS json)) v)",
}
_BEGUN = " AND i.period_start <= :on ORDER BY i.loan_id, i.id"
_BEGINNING = "i.period_start = :on ORDER BY i.loan_id, i.id"
_TOUCHED = sa.text("SELECT loan_id FROM loan_touch WHERE part = :part AND seq > :seq")
_LAST_TOUCH = sa.text("SELECT COALESCE(MAX(seq), 0) FROM loan_touch WHERE part = :part")
_NEWEST = sa.text(
    'SELECT "on", codec, data, sha256 FROM accrual_block WHERE part = :part ORDER BY "on" DESC LIMIT 1'
).columns(sa.column("on", sa.Date))
_NEWEST_HASH = sa.text('SELECT "on", sha256 FROM accrual_block WHERE part = :part ORDER BY "on" DESC LIMIT 1').columns(
    sa.column("on", sa.Date)
)

ROWS_AT_ONCE = 8_192

Table = dict[str, NDArray[Any]]
"""Columns by name, all of one length."""


@dataclass(slots=True, eq=False)
class Part:
    """A partition as it stands before a day is run: its loans by rising id, the unsettled instalments that have begun.

    `behind` are loans whose days were not run in order, `later` those that were paid out on a later day than this one.
    """

    part: int
    seq: int
    loans: Table
    lines: Table
    behind: NDArray[np.int64]
    later: NDArray[np.int64]
    kept_with: bytes = b""

    def __len__(self) -> int:
        return len(self.loans["loan_id"])

    def without(self, ids: Iterable[int]) -> Part:
        """The same partition without some loans."""
        gone = np.array(list(ids), np.int64)
        return replace(
            self,
            loans=_keep(self.loans, ~np.isin(self.loans["loan_id"], gone)),
            lines=_keep(self.lines, ~np.isin(self.lines["loan_id"], gone)),
        )

    def with_loan(self, single: Part) -> Part:
        """The same partition with one loan more, or in the place of itself."""
        rest = self.without(single.loans["loan_id"].tolist())
        return replace(
            rest, loans=_by_loan(_joined(rest.loans, single.loans)), lines=_by_loan(_joined(rest.lines, single.lines))
        )

    def begun_by(self, on: date) -> Part:
        """The same loans with only those instalments that have begun by a day."""
        return replace(self, lines=_keep(self.lines, self.lines["period_start"] <= on.toordinal()))

    def portfolio(self) -> day.Portfolio:
        """The loans as the rule of a day reads them."""
        wide = {name: values.astype(np.int64, copy=False) for name, values in self.loans.items()}
        return day.Portfolio(
            loan_id=wide["loan_id"],
            firm_id=wide["firm_id"],
            outstanding=wide["outstanding"],
            rate_ppm=wide["rate_ppm"],
            penalty_rate_ppm=(2 * wide["rate_ppm"] * (MILLION + wide["uplift_ppm"]) + MILLION) // (2 * MILLION),
            day_basis=wide["day_basis"],
            matures_on=wide["matures_on"],
            rank=wide["rank"],
            floor=wide["floor"],
            held=wide["held"].astype(np.bool_),
            suspended=wide["suspended"].astype(np.bool_),
            **{name: wide[name] for name in METERS},
        )

    def open_lines(self, on: date) -> day.OpenLines:
        """The instalments as the rule of the day `on` reads them, with what each earns on that day."""
        lines = {name: values.astype(np.int64, copy=False) for name, values in self.lines.items()}
        place = np.searchsorted(self.loans["loan_id"], lines["loan_id"])
        earned = np.zeros_like(lines["own"])
        running = lines["period_end"] > on.toordinal()
        bases = self.loans["day_basis"][place]
        for basis in np.unique(bases[running]).tolist():
            here = np.flatnonzero(running & (bases == basis))
            its_loan = place[here]
            facts: dict[str, Any] = {
                "by_months": self.loans["by_months"][its_loan],
                "interest_fen": lines["own"][here],
                "balance_fen": lines["balance"][here],
                "rate_ppm": self.loans["rate_ppm"][its_loan],
                "period_start": lines["period_start"][here],
                "period_end": lines["period_end"][here],
                "day_basis": basis,
            }
            earned[here] = earned_columns(on=on + timedelta(days=1), **facts) - earned_columns(on=on, **facts)
        return day.OpenLines(
            loan=place,
            payable_on=lines["payable_on"],
            principal=lines["principal"],
            interest=lines["interest"],
            earned=earned,
        )

    def meter(self, result: day.DayResult, on: date) -> None:
        """The meters after a day."""
        loans = self.loans
        for name in ("interest", "penalty", "compound"):
            loans[name] = loans[name] + getattr(result, name)
        loans["penalty_rest"], loans["compound_rest"] = (
            result.penalty_rest.astype("i4"),
            result.compound_rest.astype("i4"),
        )
        loans["through"] = np.full(len(self), on.toordinal(), "i4")

    def keep(self, result: day.DayResult, on: date, sha256: bytes) -> None:
        """Go on to the next day: the meters after this one, arrears and classes as it left them."""
        self.meter(result, on)
        loans = self.loans
        loans["held"] = loans["held"] * (result.rank == loans["rank"])
        loans["rank"] = result.rank.astype("i1")
        loans["suspended"] = (loans["suspended"].astype(np.bool_) | result.suspends).astype("i1")
        loans["oldest_unpaid"] = result.oldest_unpaid.astype("i4")
        self.kept_with = sha256


@dataclass(slots=True, eq=False)
class Standing:
    """The partitions as the last day left them; one object serves the days of one database, one after the other."""

    parts: dict[int, Part] = field(default_factory=dict)
    beginning: tuple[date, dict[int, Table]] | None = None

    def forget(self) -> None:
        """Trust nothing that is kept: something went wrong between."""
        self.parts.clear()
        self.beginning = None


def partitions(connection: sa.Connection) -> list[int]:
    """The partitions that hold loans, by rising number."""
    # Asked for one by one each comes from the end of an index; asked for together they would take a scan.
    ends = "SELECT (SELECT MIN(firm_id) FROM loan), (SELECT MAX(firm_id) FROM loan)"
    low, high = connection.execute(sa.text(ends)).one()
    return [] if low is None else list(range(low // FIRMS_A_PART, high // FIRMS_A_PART + 1))


def load(connection: sa.Connection, part: int, on: date, *, standing: Standing, anew: Iterable[int] = ()) -> Part:
    """A partition before the day `on` is run; `anew` are loans to be read in any case. It leaves `standing`, which gets
    it back with `Part.keep` once the day is done."""
    kept = standing.parts.pop(part, None)
    yesterday = on - timedelta(days=1)
    seq = int(connection.execute(_LAST_TOUCH, {"part": part}).scalar_one())
    if kept is not None and kept.kept_with == _newest_hash(connection, part, yesterday):
        touched = {int(row[0]) for row in connection.execute(_TOUCHED, {"part": part, "seq": kept.seq})}
        touched |= {int(one) for one in (*kept.later, *kept.behind)} | set(anew)
        if 2 * len(touched) <= len(kept) + 1_000:
            return _followed(connection, kept, np.array(sorted(touched), np.int64), on, seq, standing)
    return _read(connection, part, on, seq)


def _newest_hash(connection: sa.Connection, part: int, yesterday: date) -> bytes | None:
    row = connection.execute(_NEWEST_HASH, {"part": part}).one_or_none()
    return None if row is None or row.on != yesterday else bytes(row.sha256)


def _read(connection: sa.Connection, part: int, on: date, seq: int) -> Part:
    """Everything from the rows, with the meters of loans that nothing happened to from yesterday's block."""
    loans = _table(connection, _LOAN_COLUMNS, _LOANS + _OF_PART + " ORDER BY l.id", {"part": part})
    lines = _table(connection, _LINE_COLUMNS, _LINES + _OF_PART + _BEGUN, {"part": part, "on": on})
    known: DayColumns | None = None
    row = connection.execute(_NEWEST, {"part": part}).one_or_none()
    if row is not None and row.on == on - timedelta(days=1):
        known = unpack(row.codec, bytes(row.data), bytes(row.sha256))
    if known is not None:
        meters = {name: getattr(known, f"unpaid_{name}") for name in ("interest", "penalty", "compound")}
        meters |= {"penalty_rest": known.penalty_rest, "compound_rest": known.compound_rest}
        _overlay(loans, known.loan_id, meters, on)
    return _sorted_out(part, seq, loans, lines, on)


def _followed(
    connection: sa.Connection, kept: Part, touched: NDArray[np.int64], on: date, seq: int, standing: Standing
) -> Part:
    """What was kept, with the touched loans read anew and the instalments that begin today."""
    beginning = _beginning(connection, on, standing).get(kept.part)
    loans, lines = kept.loans, kept.lines
    if beginning is not None:
        mine = np.isin(beginning["loan_id"], loans["loan_id"]) & ~np.isin(beginning["loan_id"], touched)
        lines = _joined(lines, _keep(beginning, mine))
    if touched.size:
        ids = {"ids": json.dumps(touched.tolist())}
        of_ids = _OF_IDS[connection.dialect.name]
        fresh = _table(connection, _LOAN_COLUMNS, _LOANS + of_ids + " ORDER BY l.id", ids)
        fresh_lines = _table(connection, _LINE_COLUMNS, _LINES + of_ids + _BEGUN, {**ids, "on": on})
        before = _keep(loans, np.isin(loans["loan_id"], touched))
        _overlay(fresh, before["loan_id"], {name: before[name] for name in METERS}, on)
        loans = _joined(_keep(loans, ~np.isin(loans["loan_id"], touched)), fresh)
        lines = _joined(_keep(lines, ~np.isin(lines["loan_id"], touched)), fresh_lines)
    return _sorted_out(kept.part, seq, _by_loan(loans), _by_loan(lines), on)


def _beginning(connection: sa.Connection, on: date, standing: Standing) -> dict[int, Table]:
    """The instalments of the whole bank that begin on a day, by partition: one query serves all of them."""
    if standing.beginning is None or standing.beginning[0] != on:
        columns = _LINE_COLUMNS | {"part": (f"l.firm_id / {FIRMS_A_PART}", "i8")}
        found = _table(connection, columns, _LINES + _BEGINNING, {"on": on})
        parts = found.pop("part")
        standing.beginning = (on, {int(part): _keep(found, parts == part) for part in np.unique(parts)})
    return standing.beginning[1]


def _overlay(loans: Table, ids: Column, meters: Table, on: date) -> None:
    """Meters as the last day left them for loans whose own row is older than that."""
    yesterday = on.toordinal() - 1
    older = np.flatnonzero(loans["through"] < yesterday)
    if not older.size or not ids.size:
        return
    place = np.minimum(np.searchsorted(ids, loans["loan_id"][older]), len(ids) - 1)
    found = ids[place] == loans["loan_id"][older]
    older, place = older[found], place[found]
    for name, values in meters.items():
        loans[name][older] = values[place]
    loans["through"][older] = yesterday


def _sorted_out(part: int, seq: int, loans: Table, lines: Table, on: date) -> Part:
    """Only loans whose last day was yesterday can be run; the others are named."""
    yesterday = on.toordinal() - 1
    behind, later = loans["through"] < yesterday, loans["through"] > yesterday
    names = loans["loan_id"][behind].astype(np.int64), loans["loan_id"][later].astype(np.int64)
    loans = _keep(loans, ~(behind | later))
    lines = _keep(lines, np.isin(lines["loan_id"], loans["loan_id"]))
    return Part(part, seq, loans, lines, *names)


def read_loan(connection: sa.Connection, loan_id: int, on: date) -> Part:
    """One loan by itself as the rows have it, wherever its days stand: for one that was set aside."""
    ids = {"ids": json.dumps([loan_id])}
    of_ids = _OF_IDS[connection.dialect.name]
    loans = _table(connection, _LOAN_COLUMNS, _LOANS + of_ids + " ORDER BY l.id", ids)
    lines = _table(connection, _LINE_COLUMNS, _LINES + of_ids + _BEGUN, {**ids, "on": on})
    none = np.zeros(0, np.int64)
    return Part(0, 0, loans, lines, none, none)


def _table(connection: sa.Connection, columns: dict[str, tuple[str, str]], rest: str, given: dict[str, Any]) -> Table:
    """The rows of a query as columns of whole numbers, days as ordinals."""
    sources = ", ".join(_dated(connection, source) for source, _ in columns.values())
    statement = sa.text(f"SELECT {sources}{rest}")  # nosec B608  our own columns
    if "on" in given:
        statement = statement.bindparams(sa.bindparam("on", type_=sa.Date))
    # The driver's own rows, some at a time: for a million loans SQLAlchemy's would take as long again.
    read = [np.zeros((0, len(columns)), np.int64)]
    with connection.execute(statement, given) as answer:
        while answer.cursor is not None and (rows := answer.cursor.fetchmany(ROWS_AT_ONCE)):
            read.append(np.array(rows, np.int64))
    numbers = np.concatenate(read)
    return {name: _narrowed(numbers[:, place], kind) for place, (name, (_, kind)) in enumerate(columns.items())}


def _narrowed(numbers: NDArray[np.int64], kind: str) -> NDArray[Any]:
    """Kept no wider than needed; a number that is out of all bounds stays so, for `day_aside` to find."""
    bounds = np.iinfo(kind)
    return np.clip(numbers, bounds.min, bounds.max).astype(kind)


def _dated(connection: sa.Connection, source: str) -> str:
    """A date column in braces as `date.toordinal` counts, which the two engines reckon in their own ways."""
    start, brace, rest = source.partition("{")
    if not brace:
        return source
    name, _, end = rest.partition("}")
    if connection.dialect.name == "sqlite":
        return f"{start}CAST(julianday({name}) - 1721424.5 AS INTEGER){end}"
    return f"{start}({name} - DATE '0001-01-01' + 1){end}"


def _keep(table: Table, which: NDArray[np.bool_]) -> Table:
    if which.all():
        return table
    return {name: values[which] for name, values in table.items()}


def _joined(table: Table, more: Table) -> Table:
    return {name: np.concatenate((values, more[name])) for name, values in table.items()}


def _by_loan(table: Table) -> Table:
    order = np.argsort(table["loan_id"], kind="stable")
    return {name: values[order] for name, values in table.items()}
