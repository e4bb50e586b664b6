"""Statements and their lines: what is open, how old it is, and the reconciliation of the bank's cash as of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.banking.matching import WINDOW_DAYS, Expected, Line
from models.firm import Firm
from models.loan import Instalment, Loan
from models.queries.books import balance
from models.queries.cash import CASH, Movement, movements
from models.statement import BankStatement, StatementLine, StatementMatch, StatementMatchPart
from models.states.loan import LoanStage
from models.values.money import ZERO, Money, total

AGES = (0, 3, 7, 30)
"""Unmatched lines are counted from so many days old on."""


class LineState(StrEnum):
    """Where a line of a statement stands."""

    OPEN = "line_open"
    MATCHED = "line_matched"
    ASIDE = "line_aside"


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """A bank account as its statements tell it at the end of a day; `gap` is what lines between them are missing."""

    account: str
    since: date
    through: date
    opening: Money | None
    balance: Money | None
    gap: Money


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The books and the bank as of a day, and every item that lies between them:

    book − statement = opening difference + items only in the books − items only on the statement.
    """

    on: date
    since: date
    accounts: tuple[AccountStanding, ...]
    book: Money
    statement: Money
    opening_difference: Money
    only_in_books: tuple[Movement, ...]
    only_on_statement: tuple[tuple[StatementLine, LineState], ...]

    @property
    def difference(self) -> Money:
        """Book minus statement."""
        return self.book - self.statement

    @property
    def explained(self) -> Money:
        """What the listed items and the opening difference come to."""
        booked = total(one.amount for one in self.only_in_books)
        return self.opening_difference + booked - total(line.amount for line, _ in self.only_on_statement)

    @property
    def unexplained(self) -> Money:
        """What is left: nought, or the program is wrong."""
        return self.difference - self.explained

    @property
    def whole(self) -> bool:
        """Whether every account has balances and no line between its statements is missing."""
        return all(one.balance is not None and not one.gap for one in self.accounts)


def statements(session: Session) -> list[tuple[BankStatement, int]]:
    """Every statement, the newest first, with how many of its lines are open."""
    still = (
        select(StatementLine.statement_id, sa.func.count().label("open"))
        .outerjoin(StatementMatchPart, col(StatementMatchPart.line_id) == col(StatementLine.id))
        .where(col(StatementMatchPart.id).is_(None), StatementLine.aside == "")
        .group_by(col(StatementLine.statement_id))
        .subquery()
    )
    query = (
        select(BankStatement, sa.func.coalesce(still.c.open, 0))
        .outerjoin(still, still.c.statement_id == BankStatement.id)
        .order_by(col(BankStatement.last_on).desc(), col(BankStatement.id).desc())
    )
    return [(row, int(count)) for row, count in session.exec(query)]


def lines(
    session: Session, *, state: LineState | None = LineState.OPEN, text: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[tuple[StatementLine, int | None]], int]:
    """Lines in a state (or all), the oldest first, each with its match; and how many there are."""
    part = StatementMatchPart
    where: list[sa.ColumnElement[bool]] = []
    if state is LineState.MATCHED:
        where.append(col(part.id).is_not(None))
    elif state is LineState.ASIDE:
        where.append(col(StatementLine.aside) != "")
    elif state is LineState.OPEN:
        where += [col(part.id).is_(None), col(StatementLine.aside) == ""]
    if text.strip():
        columns = (StatementLine.payer, StatementLine.memo, StatementLine.bank_ref)
        where.append(sa.or_(*(col(one).contains(text.strip(), autoescape=True) for one in columns)))
    base = select(StatementLine, part.match_id).outerjoin(part, col(part.line_id) == col(StatementLine.id))
    query = base.where(*where).order_by(col(StatementLine.on), col(StatementLine.id)).limit(limit).offset(offset)
    counted = sa.select(sa.func.count()).select_from(base.where(*where).subquery())
    return list(session.exec(query)), int(session.connection().execute(counted).scalar_one())


def open_lines(session: Session) -> list[Line]:
    """Every open line, as the rules of matching take it."""
    found, _ = lines(session, limit=1_000_000)
    return [line_of(row) for row, _ in found]


def line_of(row: StatementLine) -> Line:
    """A row as the rules of matching take it."""
    return Line(row.key, row.on, row.amount.fen, row.bank_ref, row.payer, row.memo)


def state_of(row: StatementLine, match_id: int | None) -> LineState:
    """Where a line stands."""
    return LineState.MATCHED if match_id is not None else LineState.ASIDE if row.aside else LineState.OPEN


def ageing(session: Session, on: date) -> list[tuple[int, int, Money, Money]]:
    """Open lines by age: from so many days on, how many, what came in, what went out."""
    found, _ = lines(session, limit=1_000_000)
    cells: dict[int, list[Money]] = defaultdict(list)
    for row, _match in found:
        cells[max(start for start in AGES if start <= max((on - row.on).days, 0))].append(row.amount)
    return [
        (
            start,
            len(cells[start]),
            total(one for one in cells[start] if one > ZERO),
            total(-one for one in cells[start] if one < ZERO),
        )
        for start in AGES
    ]


def standings(session: Session, on: date) -> list[AccountStanding]:
    """Every account with statements that begin by a day, as they tell it at its end."""
    found: dict[str, list[BankStatement]] = defaultdict(list)
    for row in session.exec(select(BankStatement).order_by(col(BankStatement.first_on), col(BankStatement.id))):
        found[row.account].append(row)
    told = []
    for account, rows in sorted(found.items()):
        first, last = rows[0], max(rows, key=lambda row: (row.last_on, row.key))
        if first.first_on > on:
            continue
        opening, gap = first.opening, ZERO
        now = None if opening is None else opening + _sum(session, account, on)
        if opening is not None and last.closing is not None:
            gap = last.closing - opening - _sum(session, account, last.last_on)
        told.append(AccountStanding(account, first.first_on, last.last_on, opening, now, gap))
    return told


def _sum(session: Session, account: str, until: date) -> Money:
    query = select(sa.func.sum(StatementLine.amount)).where(StatementLine.account == account, StatementLine.on <= until)
    found = session.exec(query).one()
    return found if isinstance(found, Money) else Money(int(found or 0))


def covered(session: Session, on: date) -> tuple[date, date] | None:
    """The days whose statements are complete for every account, by their balances; None if that is not sure."""
    accounts = standings(session, on)
    if not accounts or any(one.balance is None or one.gap for one in accounts):
        return None
    return max(one.since for one in accounts), min(one.through for one in accounts)


def expected(session: Session, on: date) -> list[Expected]:
    """What borrowers owe by a few days after `on`, for each loan."""
    query = (
        select(Loan.number, Firm.name, Instalment)
        .join(Loan, col(Loan.id) == col(Instalment.loan_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(
            col(Instalment.live),
            col(Instalment.settled_on).is_(None),
            Instalment.payable_on <= on + timedelta(days=WINDOW_DAYS),
            col(Loan.stage).in_([LoanStage.ACTIVE, LoanStage.DEFAULTED]),
        )
        .order_by(col(Instalment.payable_on))
    )
    sums: dict[tuple[str, str], list[tuple[date, Money]]] = defaultdict(list)
    for number, name, line in session.exec(query):
        sums[number, name].append((line.payable_on, line.unpaid))
    return [
        Expected(number, name, dues[0][0], total(amount for _, amount in dues).fen)
        for (number, name), dues in sums.items()
    ]


@dataclass(frozen=True, slots=True)
class MatchStory:
    """A match with everything that stands in it."""

    match: StatementMatch
    lines: tuple[StatementLine, ...]
    movements: tuple[Movement, ...]


def match_story(session: Session, match_id: int) -> MatchStory:
    """A match, its lines and its movements."""
    row = session.get_one(StatementMatch, match_id)
    parts = session.exec(select(StatementMatchPart).where(StatementMatchPart.match_id == match_id)).all()
    line_ids = [part.line_id for part in parts if part.line_id is not None]
    events = [part.event_id for part in parts if part.event_id is not None]
    found = session.exec(
        select(StatementLine).where(col(StatementLine.id).in_(line_ids)).order_by(col(StatementLine.id))
    )
    return MatchStory(row, tuple(found), tuple(movements(session, events=events) if events else ()))


def match_of(session: Session, line: StatementLine) -> MatchStory | None:
    """The match in which a line stands, or None."""
    part = session.exec(select(StatementMatchPart).where(StatementMatchPart.line_id == line.key)).first()
    return None if part is None else match_story(session, part.match_id)


def reconcile(session: Session, on: date) -> Reconciliation | None:
    """The bank's cash in the books against its statements as of a day; None before the first statement.

    A match counts only if all of it lies between the first statement and the day; otherwise its items are still open.
    """
    accounts = standings(session, on)
    if not accounts:
        return None
    since = min(one.since for one in accounts)
    booked = movements(session, since=since, until=on)
    query = (
        select(StatementLine, StatementMatchPart.match_id)
        .outerjoin(StatementMatchPart, col(StatementMatchPart.line_id) == col(StatementLine.id))
        .where(StatementLine.on <= on)
        .order_by(col(StatementLine.on), col(StatementLine.id))
    )
    told = [(row, match_id) for row, match_id in session.exec(query)]
    here = [*(one.match_id for one in booked), *(match_id for _, match_id in told)]
    closed = set(_whole_matches(session, [one for one in here if one is not None]))
    opening = total((one.opening or ZERO) for one in accounts)
    before = balance(session, CASH, on=since - timedelta(days=1)).net
    return Reconciliation(
        on,
        since,
        tuple(accounts),
        balance(session, CASH, on=on).net,
        opening + total(row.amount for row, _ in told),
        before - opening,
        tuple(one for one in booked if one.match_id not in closed),
        tuple((row, state_of(row, match_id)) for row, match_id in told if match_id not in closed),
    )


def _whole_matches(session: Session, here: Sequence[int]) -> Iterator[int]:
    """The matches of which as many parts are here as there are."""
    counted: dict[int, int] = defaultdict(int)
    for match_id in here:
        counted[match_id] += 1
    part = StatementMatchPart
    for match_id, parts in session.exec(select(part.match_id, sa.func.count()).group_by(col(part.match_id))):
        if counted.get(match_id) == parts:
            yield match_id
