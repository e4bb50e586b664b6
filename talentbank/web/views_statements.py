"""What the pages of the receipts desk show: lines with their proposals in words, the reconciliation's items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.banking.matching import Hint, Outcome, Proposal, Rule
from models.books.recipes import RECIPES
from models.queries.cash import Movement, movements
from models.statement import StatementLine
from talentbank import i18n
from talentbank.i18n import N_

REVERSAL = N_("冲正")


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What a line may be, ready to be confirmed: the movements, other lines, or a loan to take a receipt for."""

    hint: Hint
    movements: tuple[Movement, ...]
    lines: tuple[int, ...]
    events: tuple[int, ...]
    loan: str


@dataclass(frozen=True, slots=True)
class LineView:
    """An open line with its age in days and what may be done with it."""

    line: StatementLine
    days: int
    today: bool
    proposals: tuple[ProposalView, ...]
    rule: Rule | None = None
    """The rule that will match it, if one is sure."""


def event_name(kind: str) -> str:
    """A money event as people call it, in the language now spoken."""
    recipe = RECIPES.get(kind)
    if recipe is None:
        return i18n.gettext(REVERSAL)
    return recipe.en if i18n.language() == "en" else recipe.zh


def open_lines(session: Session, rows: Iterable[StatementLine], found: Outcome, on: date) -> list[LineView]:
    """Lines of a page with their proposals."""
    rows = list(rows)
    shown = {row.key for row in rows}
    sure = {key: one.rule for one in found.matches for key in one.lines}
    of_line: dict[int, list[Proposal]] = defaultdict(list)
    for one in found.proposals:
        if one.line in shown:
            of_line[one.line].append(one)
    events = sorted({key for ones in of_line.values() for one in ones for key in one.booked})
    booked = {one.event_id: one for one in movements(session, events=events)} if events else {}
    return [
        LineView(
            row,
            (on - row.on).days,
            row.on == on,
            tuple(
                ProposalView(one.hint, tuple(booked[key] for key in one.booked), one.lines, one.booked, one.loan)
                for one in of_line[row.key]
            ),
            sure.get(row.key),
        )
        for row in rows
    ]


def age_names() -> dict[int, str]:
    """How the classes of age are called."""
    return {
        0: i18n.gettext(N_("3 天以内")),
        3: i18n.gettext(N_("3–6 天")),
        7: i18n.gettext(N_("7–29 天")),
        30: i18n.gettext(N_("30 天及以上")),
    }
