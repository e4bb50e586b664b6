"""Which line of a bank statement is which movement in the books: automatic only where nothing else could be meant.

An automatic match needs agreement (bank reference, or a number of ours in the memo with the payer's name), the exact
amount, a date near by, and no rival on either side. Whatever speaks against it makes it a proposal for a person; what
is left is listed. Rules are tried from the surest down, and what one has taken no later one sees. All of it by design:
the drill with planted truth (ledger.md D14) asks for a precision of exactly one.

Amounts are whole fen, signed: above nought came in, below went out.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

WINDOW_DAYS = 5
"""So many days the bank's date and ours may lie apart (weekends, value dates; by design)."""
RIVAL_DAYS = 10
"""So far apart another line or movement already casts doubt: wider than the window, since dates are typed by people."""
REVERSAL_DAYS = 10
"""So many days after a payment the bank may take it back (by design)."""
MOST_PROPOSALS = 4

SPLIT = "~"
"""Stands between a line's reference and the number of its part, where one line became several receipts."""

_NUMBER = re.compile(r"TB[A-Z]-\d{4}-\d{4,}")
_NOT_NAME = re.compile(r"[\W_]+")


class Rule(StrEnum):
    """Why a match was made."""

    REFERENCE = "reference"
    NUMBER_IN_MEMO = "number_in_memo"
    SPLIT_BY_REFERENCE = "split_by_reference"
    SPLIT_BY_NUMBERS = "split_by_numbers"
    TAKEN_BACK = "taken_back"
    UNDONE_IN_BOOKS = "undone_in_books"
    TAKEN_FROM_LINE = "taken_from_line"
    BY_HAND = "by_hand"


class Hint(StrEnum):
    """Why a match is proposed, and not made."""

    SAME_AMOUNT_AND_NAME = "same_amount_and_name"
    SAME_AMOUNT = "same_amount"
    SUM_OF_ONE_NAME = "sum_of_one_name"
    REFERENCE_OTHER_FACTS = "reference_other_facts"
    LIKELY_TAKEN_BACK = "likely_taken_back"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a statement that nothing is matched with. `name` is the other side's."""

    key: int
    on: date
    fen: int
    ref: str = ""
    name: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """A movement of `bank.cash` that nothing is matched with: one event, one amount.

    `numbers` are those of the receipt, loan, pay-out; `own` those that belong to this movement alone; `undoes` is the
    movement that it reverses. `names` are those under which the other side may appear.
    """

    key: int
    on: date
    fen: int
    ref: str = ""
    names: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a borrower is to pay: for proposals to take a receipt, never for a match."""

    loan: str
    name: str
    due_on: date
    fen: int


@dataclass(frozen=True, slots=True)
class Match:
    """Lines and movements that are the same money: their sums are equal to the fen."""

    rule: Rule
    lines: tuple[int, ...]
    booked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line may be; a person decides. `loan` is set where a receipt could be taken for it."""

    hint: Hint
    line: int
    lines: tuple[int, ...] = ()
    booked: tuple[int, ...] = ()
    loan: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was matched by rule, what is proposed for the rest, and the rest itself on both sides."""

    matches: tuple[Match, ...]
    proposals: tuple[Proposal, ...]
    lines_left: tuple[int, ...]
    booked_left: tuple[int, ...]


def plain_name(name: str) -> str:
    """A name without blanks, punctuation and differences of width or case, as banks write it in many ways.

    >>> plain_name("宁波 示例（科技）有限公司") == plain_name("宁波示例(科技)有限公司")
    True
    """
    return _NOT_NAME.sub("", unicodedata.normalize("NFKC", name)).casefold()


def numbers_in(memo: str) -> frozenset[str]:
    """Numbers of ours that a memo names, whole.

    >>> sorted(numbers_in("还款TBL-2012-0001，TBR-2012-0007"))
    ['TBL-2012-0001', 'TBR-2012-0007']
    """
    return frozenset(_NUMBER.findall(unicodedata.normalize("NFKC", memo).upper()))


def match(
    lines: Sequence[Line],
    booked: Sequence[Booked],
    *,
    covered: tuple[date, date] | None = None,
    expected: Sequence[Expected] = (),
    careful: bool = True,
) -> Outcome:
    """Match what is beyond doubt, propose for the rest.

    `covered` is the span of days whose statements are complete: without a bank reference a movement is matched only if
    its whole window lies inside, for otherwise a better line may still come. `careful=False` leaves the question of
    rivals out: it is the control that shows the drill can fail, nothing else may use it.
    """
    desk = _Desk(lines, booked, covered, careful)
    rules: tuple[Callable[[_Desk], Iterable[Match]], ...] = (
        _by_reference,
        _undone_pairs,
        _splits_by_reference,
        _by_number,
        _splits_by_numbers,
        _taken_back,
        _undone_in_books,
    )
    made: list[Match] = []
    for rule in rules:
        for found in list(rule(desk)):
            if desk.take(found):
                made.append(found)
    left = sorted(desk.lines.values(), key=lambda one: (one.on, one.key))
    return Outcome(
        tuple(made),
        tuple(proposal for line in left for proposal in _proposals(desk, line, expected)),
        tuple(line.key for line in left),
        tuple(sorted(desk.booked)),
    )


class _Desk:
    """What is still open on both sides, found by amount and by reference."""

    def __init__(
        self, lines: Sequence[Line], booked: Sequence[Booked], covered: tuple[date, date] | None, careful: bool
    ) -> None:
        self.lines = {one.key: one for one in lines}
        self.booked = {one.key: one for one in booked}
        self.covered = covered
        self.careful = careful
        self.lines_of = _grouped(lines, lambda one: [one.fen])
        self.booked_of = _grouped(booked, lambda one: [one.fen])
        self.lines_by_ref = _grouped(lines, lambda one: [one.ref] if one.ref else [])
        self.booked_by_ref = _grouped(booked, lambda one: {one.ref, one.ref.partition(SPLIT)[0]} - {""})
        self.booked_by_number = _grouped(booked, lambda one: one.numbers)
        self.booked_by_name = _grouped(booked, lambda one: {plain_name(name) for name in one.names})
        self.lines_by_number = _grouped(lines, lambda one: numbers_in(one.memo))
        self.undone_by = {one.undoes: one for one in booked if one.undoes is not None}

    def open_lines(self, keys: Iterable[int]) -> list[Line]:
        return [self.lines[key] for key in keys if key in self.lines]

    def open_booked(self, keys: Iterable[int]) -> list[Booked]:
        return [self.booked[key] for key in keys if key in self.booked]

    def take(self, found: Match) -> bool:
        """Close what a match names; not if a part of it has been taken meanwhile."""
        if any(key not in self.lines for key in found.lines) or any(key not in self.booked for key in found.booked):
            return False
        for key in found.lines:
            del self.lines[key]
        for key in found.booked:
            del self.booked[key]
        return True

    def settled(self, on: date) -> bool:
        """Whether no line that could be this movement's can still come, or is older than the statements."""
        if not self.careful:
            return True
        window = timedelta(days=RIVAL_DAYS)
        return self.covered is not None and self.covered[0] <= on - window and on + window <= self.covered[1]

    def is_undone(self, one: Booked) -> bool:
        """Whether a movement reverses another or was reversed."""
        return one.undoes is not None or one.key in self.undone_by

    def rivals_of(self, line: Line) -> list[Booked]:
        """Every open movement that this line could be at all: the amount, and nothing that rules it out."""
        return [
            one
            for one in self.open_booked(self.booked_of[line.fen])
            if _near(line.on, one.on, RIVAL_DAYS) and _no_contradiction(line, one)
        ]

    def claims_on(self, one: Booked) -> list[Line]:
        """Every open line that could be this movement at all."""
        return [
            line
            for line in self.open_lines(self.lines_of[one.fen])
            if _near(line.on, one.on, RIVAL_DAYS) and _no_contradiction(line, one)
        ]

    def alone(self, line: Line, one: Booked) -> bool:
        """Whether the two have nobody else."""
        return not self.careful or (
            [rival.key for rival in self.rivals_of(line)] == [one.key]
            and [claim.key for claim in self.claims_on(one)] == [line.key]
        )


def _grouped(ones: Iterable, keys: Callable) -> dict:  # type: ignore[type-arg]
    found: dict = defaultdict(list)  # type: ignore[type-arg]
    for one in ones:
        for key in keys(one):
            found[key].append(one.key)
    return found


def _near(one: date, other: date, days: int = WINDOW_DAYS) -> bool:
    return abs((one - other).days) <= days


def _same_name(line: Line, one: Booked) -> bool:
    return bool(line.name) and plain_name(line.name) in {plain_name(name) for name in one.names}


def _no_contradiction(line: Line, one: Booked) -> bool:
    """Whether nothing rules the two out: names that differ do, unless a number or a reference ties them."""
    if line.ref and line.ref == one.ref:
        return True
    if numbers_in(line.memo) & one.numbers:
        return True
    if not line.name or not one.names:
        return True
    own = plain_name(line.name)
    return any(own in plain_name(name) or plain_name(name) in own for name in one.names)


def _by_reference(desk: _Desk) -> Iterable[Match]:
    """The bank's reference, the amount to the fen, a date not far off, no other name (banks cut names off); once on
    both sides."""
    for ref, keys in desk.booked_by_ref.items():
        if not desk.careful:
            for one in desk.open_booked(keys):
                for line in desk.open_lines(desk.lines_by_ref[ref]):
                    if line.fen == one.fen:
                        yield Match(Rule.REFERENCE, (line.key,), (one.key,))
            continue
        booked, lines = desk.open_booked(keys), desk.open_lines(desk.lines_by_ref[ref])
        if len(booked) != 1 or len(lines) != 1 or desk.is_undone(booked[0]):
            continue
        if _agree(lines[0], booked[0]):
            yield Match(Rule.REFERENCE, (lines[0].key,), (booked[0].key,))


def _agree(line: Line, one: Booked) -> bool:
    own = plain_name(line.name)
    named = not one.names or any(own in plain_name(name) or plain_name(name) in own for name in one.names)
    told = numbers_in(line.memo)
    return (
        line.fen == one.fen and _near(line.on, one.on, RIVAL_DAYS) and named and (not told or bool(told & one.numbers))
    )


def _undone_pairs(desk: _Desk) -> Iterable[Match]:
    """A payment and its return, both on the statement and both in the books under one reference."""
    for undone_key, undoing in desk.undone_by.items():
        undone = desk.booked.get(undone_key)
        if undone is None or not undone.ref or undoing.key not in desk.booked:
            continue
        lines = desk.open_lines(desk.lines_by_ref[undone.ref])
        there = [line for line in lines if line.fen == undone.fen]
        back = [line for line in lines if line.fen == -undone.fen]
        others = [one for one in desk.open_booked(desk.booked_by_ref[undone.ref]) if one not in (undone, undoing)]
        if len(lines) != 2 or len(there) != 1 or len(back) != 1 or others or there[0].on > back[0].on:
            continue
        if _agree(there[0], undone) and _near(back[0].on, undoing.on, REVERSAL_DAYS):
            yield Match(Rule.REFERENCE, (there[0].key,), (undone.key,))
            yield Match(Rule.REFERENCE, (back[0].key,), (undoing.key,))


def _splits_by_reference(desk: _Desk) -> Iterable[Match]:
    """One line that was taken in parts: each part bears the line's reference and its own number."""
    parts: dict[str, list[Booked]] = defaultdict(list)
    for one in desk.booked.values():
        base, sign, _ = one.ref.partition(SPLIT)
        if base and (sign or base in desk.lines_by_ref):
            parts[base].append(one)
    for base, booked in parts.items():
        lines = desk.open_lines(desk.lines_by_ref[base])
        if len(booked) < 2 or len(lines) != 1 or any(desk.is_undone(one) for one in booked):
            continue
        line = lines[0]
        fits = sum(one.fen for one in booked) == line.fen and all(_near(line.on, one.on) for one in booked)
        if fits and all(not line.name or not one.names or _same_name(line, one) for one in booked):
            yield Match(Rule.SPLIT_BY_REFERENCE, (line.key,), tuple(sorted(one.key for one in booked)))


def _by_number(desk: _Desk) -> Iterable[Match]:
    """A number of ours in the memo, the payer's name and the amount to the fen, and no rival on either side: for
    statements without references and movements that have none."""
    for line in list(desk.lines.values()):
        told = numbers_in(line.memo)
        found = {key for number in told for key in desk.booked_by_number[number]}
        for one in desk.open_booked(sorted(found)):
            if line.fen != one.fen or not _near(line.on, one.on) or not _same_name(line, one):
                continue
            if desk.is_undone(one) or not desk.settled(one.on) or not told <= one.numbers:
                continue
            if desk.alone(line, one) and not _told_elsewhere(desk, line, one):
                yield Match(Rule.NUMBER_IN_MEMO, (line.key,), (one.key,))


def _told_elsewhere(desk: _Desk, line: Line, one: Booked) -> bool:
    """Whether their references differ, or tie one of them to somebody else, or the bank took this payment back."""
    if not desk.careful:
        return False
    if line.ref and one.ref and line.ref != one.ref:
        return True
    elsewhere = [other for other in desk.lines_by_ref[one.ref] if other != line.key] if one.ref else []
    refs = [other for other in desk.booked_by_ref[line.ref] if other != one.key] if line.ref else []
    return bool(elsewhere or refs or _returns(desk, line))


def _returns(desk: _Desk, line: Line) -> list[Line]:
    """Lines that may be this one's return, or the payment that this one returns."""
    return [
        other
        for other in desk.open_lines(desk.lines_of[-line.fen])
        if _near(line.on, other.on, REVERSAL_DAYS) and _tied(line, other)
    ]


def _tied(one: Line, other: Line) -> bool:
    """Whether two lines are about the same payment: one reference for both, or one memo names the other's."""
    if one.ref and (one.ref == other.ref or one.ref in other.memo):
        return True
    return bool(other.ref) and other.ref in one.memo


def _splits_by_numbers(desk: _Desk) -> Iterable[Match]:
    """One line whose memo names several movements of its payer, whose sum it is to the fen."""
    for line in list(desk.lines.values()):
        told = numbers_in(line.memo)
        if len(told) < 2 or not line.name:
            continue
        found = desk.open_booked(sorted({key for number in told for key in desk.booked_by_number[number]}))
        near = [one for one in found if _near(line.on, one.on) and one.fen * line.fen > 0]
        each = [[one for one in near if number in one.numbers] for number in told]
        if any(len(ones) != 1 for ones in each):
            continue
        parts = {ones[0].key: ones[0] for ones in each}
        if len(parts) < 2 or sum(one.fen for one in parts.values()) != line.fen:
            continue
        if all(_sure_part(desk, line, one) for one in parts.values()) and not desk.rivals_of(line):
            yield Match(Rule.SPLIT_BY_NUMBERS, (line.key,), tuple(sorted(parts)))


def _sure_part(desk: _Desk, line: Line, one: Booked) -> bool:
    """Whether a movement can only be a part of this line."""
    if not _same_name(line, one) or desk.is_undone(one) or not desk.settled(one.on):
        return False
    if _told_elsewhere(desk, line, one) or desk.claims_on(one):
        return False
    others = {key for number in one.numbers for key in desk.lines_by_number[number] if key != line.key}
    return not any(_near(other.on, one.on, RIVAL_DAYS) for other in desk.open_lines(others))


def _taken_back(desk: _Desk) -> Iterable[Match]:
    """A payment and its return on the statement, of which the books know nothing."""
    for line in list(desk.lines.values()):
        if line.fen < 0:
            continue
        back = [other for other in _returns(desk, line) if other.on >= line.on]
        if len(back) != 1 or [one.key for one in _returns(desk, back[0]) if one.on <= back[0].on] != [line.key]:
            continue
        other = back[0]
        named = not line.name or not other.name or plain_name(line.name) == plain_name(other.name)
        known = desk.booked_by_ref[line.ref] if line.ref else []
        if desk.careful and (desk.rivals_of(line) or desk.rivals_of(other) or desk.open_booked(known)):
            continue
        if named:
            yield Match(Rule.TAKEN_BACK, (line.key, other.key), ())


def _undone_in_books(desk: _Desk) -> Iterable[Match]:
    """A movement and its reversal in the books, of which no statement knows."""
    for undone_key, undoing in desk.undone_by.items():
        undone = desk.booked.get(undone_key)
        if undone is None or undoing.key not in desk.booked or undone.fen != -undoing.fen:
            continue
        if not desk.settled(undone.on) or not desk.settled(undoing.on):
            continue
        tied = desk.lines_by_ref[undone.ref] if undone.ref else []
        claims = desk.claims_on(undone) or desk.claims_on(undoing) or desk.open_lines(tied)
        if desk.careful and claims:
            continue
        yield Match(Rule.UNDONE_IN_BOOKS, (), (undone.key, undoing.key))


def _proposals(desk: _Desk, line: Line, expected: Sequence[Expected]) -> list[Proposal]:
    """What a person may choose from for a line, the likeliest first."""
    found: list[Proposal] = []
    rivals = desk.rivals_of(line)
    for one in sorted(rivals, key=lambda one: (not _same_name(line, one), abs((line.on - one.on).days), one.key)):
        hint = Hint.SAME_AMOUNT_AND_NAME if _same_name(line, one) else Hint.SAME_AMOUNT
        found.append(Proposal(hint, line.key, (line.key,), (one.key,)))
    tied = desk.open_booked(desk.booked_by_ref[line.ref]) if line.ref else []
    found += [
        Proposal(Hint.REFERENCE_OTHER_FACTS, line.key, (line.key,), (one.key,))
        for one in tied
        if one not in rivals and one.fen == line.fen
    ]
    if line.name:
        own = plain_name(line.name)
        near = [one for one in desk.open_booked(desk.booked_by_name[own]) if _near(line.on, one.on)]
        if len(near) > 1 and sum(one.fen for one in near) == line.fen:
            found.append(Proposal(Hint.SUM_OF_ONE_NAME, line.key, (line.key,), tuple(one.key for one in near)))
    back = [other for other in _returns(desk, line) if (other.on, other.key) > (line.on, line.key)]
    found += [Proposal(Hint.LIKELY_TAKEN_BACK, line.key, (line.key, other.key)) for other in back]
    if line.fen > 0:
        told, name = numbers_in(line.memo), plain_name(line.name)
        found += [
            Proposal(Hint.DUE, line.key, loan=due.loan)
            for due in expected
            if due.loan in told or (name and plain_name(due.name) == name)
        ]
    return found[:MOST_PROPOSALS]
