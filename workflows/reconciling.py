"""Bank statements against the books (对账): matched by rule where nothing else could be meant, by a person otherwise.

A match holds lines and movements whole, and both sides come to the same sum; the database lets each stand in one match
only. Taking a receipt from a line books money and matches it in one act; undoing that is a reversal, by somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.banking.matching import SPLIT, WINDOW_DAYS, Match, Outcome, Rule, match
from models.loan import Loan, Receipt
from models.queries.cash import booked_of, event_ids, movements
from models.queries.loan_course import REVERSED
from models.queries.statements import covered, expected, match_story, open_lines, standings
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.statement import StatementLine, StatementMatch, StatementMatchPart
from models.values.money import ZERO, Money, total
from workflows import servicing
from workflows.moves import ReasonNeeded, note, require

HANDS = (Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)


class AlreadyMatched(Refusal):
    """A line or a movement stands in another match, or was laid aside."""


class MatchUnbalanced(BadInput):
    """The lines and the movements do not come to the same sum."""


class NothingToMatch(BadInput):
    """A match needs two sides, or two that cancel each other."""


class MatchUndone(Refusal):
    """The match was undone before."""


class LineOfAnotherDay(Refusal):
    """Money of a day that is over, or has not come, cannot be taken in today: it stays on the list for a person."""


class SharesDiffer(BadInput):
    """The shares of a line do not come to its amount."""


class NotMoneyIn(Refusal):
    """A receipt can be taken only from a line by which money came in."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a line is for which loan."""

    loan: Loan
    amount: Money


def look(session: Session, *, on: date) -> Outcome:
    """What the rules would match, what they propose, and what is left, as things stand; nothing is written."""
    lines = open_lines(session)
    accounts = standings(session, on)
    if not lines and not accounts:
        return match([], [])
    since = min(one.since for one in accounts)
    since = date.fromordinal(since.toordinal() - WINDOW_DAYS)
    booked = booked_of(session, movements(session, since=since, until=on, unmatched=True))
    return match(lines, booked, covered=covered(session, on), expected=expected(session, on))


def match_by_rule(session: Session, *, by: Actor, on: date, at: datetime) -> Outcome:
    """Make every match that the rules are sure of; running it again changes nothing."""
    require(by, "statement.match", *HANDS)
    found = look(session, on=on)
    for one in found.matches:
        _make(session, one, by=by, on=on, at=at)
    return found


def match_by_hand(
    session: Session,
    *,
    lines: Sequence[StatementLine],
    events: Sequence[int],
    reason: str,
    by: Actor,
    on: date,
    at: datetime,
) -> StatementMatch:
    """Match what a person says belongs together, with the reason.

    Refuses with MatchUnbalanced, NothingToMatch, AlreadyMatched, ReasonNeeded.
    """
    require(by, "statement.match", *HANDS)
    if not reason.strip():
        raise ReasonNeeded(field="reason", act="statement.match")
    found = movements(session, events=list(events)) if events else []
    if len(found) != len(set(events)) or not lines or len(lines) + len(found) < 2:
        raise NothingToMatch(field="events")
    told, booked = total(line.amount for line in lines), total(one.amount for one in found)
    if told != booked:
        raise MatchUnbalanced(field="events", lines=told, booked=booked)
    made = Match(Rule.BY_HAND, tuple(line.key for line in lines), tuple(one.event_id for one in found))
    return _make(session, made, reason=reason, by=by, on=on, at=at)


def take_receipts(
    session: Session,
    *,
    line: StatementLine,
    shares: Sequence[Share],
    prepay: bool = False,
    by: Actor,
    on: date,
    at: datetime,
) -> list[Receipt]:
    """Take a line in as a receipt, or as one for each of several loans, under the bank's own reference.

    Refuses with LineOfAnotherDay, NotMoneyIn, SharesDiffer, AlreadyMatched, and as `servicing.receive` does.
    """
    require(by, "receipt.receive", Role.LOAN_OFFICER)
    if line.amount <= ZERO:
        raise NotMoneyIn(amount=line.amount)
    if total(share.amount for share in shares) != line.amount:
        raise SharesDiffer(field="amount", line=line.amount, shares=total(share.amount for share in shares))
    _refuse_in_use(session, [line.key], [])
    refs = _references(session, line, len(shares))
    taken = [
        _receive(session, line, share, ref, prepay=prepay, by=by, on=on, at=at)
        for share, ref in zip(shares, refs, strict=True)
    ]
    ids = event_ids(session, [f"receipt:{one.number}" for one in taken])
    made = Match(Rule.TAKEN_FROM_LINE, (line.key,), tuple(sorted(ids.values())))
    _make(session, made, reason=", ".join(one.number for one in taken), by=by, on=on, at=at)
    return taken


def _receive(
    session: Session, line: StatementLine, share: Share, ref: str, *, prepay: bool, by: Actor, on: date, at: datetime
) -> Receipt:
    """The one place where a line becomes a receipt; money of an earlier day counts from that day."""
    if line.on > on:
        raise LineOfAnotherDay(day=line.on, today=on)
    value_on = line.on if line.on < on else None
    return servicing.receive(
        session,
        loan=share.loan,
        amount=share.amount,
        bank_ref=ref,
        prepay=prepay,
        value_on=value_on,
        by=by,
        on=on,
        at=at,
    )


def set_aside(session: Session, *, line: StatementLine, reason: str, by: Actor, on: date, at: datetime) -> None:
    """Say that a line is nothing of ours, or nothing that the books keep, and why; it stays on the reconciliation."""
    require(by, "statement.set_aside", *HANDS)
    if not reason.strip():
        raise ReasonNeeded(field="reason", act="statement.set_aside")
    _refuse_in_use(session, [line.key], [])
    line.aside = reason.strip()[:400]
    session.add(line)
    note(session, line, "set_aside", by=by, on=on, at=at, reason=reason)
    session.flush()


def take_up(session: Session, *, line: StatementLine, by: Actor, on: date, at: datetime) -> None:
    """Take a line that was laid aside back to the open ones."""
    require(by, "statement.take_up", *HANDS)
    line.aside = ""
    session.add(line)
    note(session, line, "take_up", by=by, on=on, at=at)
    session.flush()


def unmatch(session: Session, *, made: StatementMatch, reason: str, by: Actor, on: date, at: datetime) -> None:
    """Undo a match; what it held is open again.

    If receipts were taken from the line they are reversed with it: by a reviewer who did not take them. Refuses with
    MatchUndone, ReasonNeeded, SameHand and as `servicing.reverse_receipt` does.
    """
    taken = made.rule is Rule.TAKEN_FROM_LINE
    require(by, "statement.unmatch", *((Role.CREDIT_REVIEWER,) if taken else HANDS))
    if not reason.strip():
        raise ReasonNeeded(field="reason", act="statement.unmatch")
    if made.undone_at is not None:
        raise MatchUndone(number=made.key)
    story = match_story(session, made.key)
    receipts = [one.key.partition(":")[2] for one in story.movements if one.kind == "receipt_taken"] if taken else []
    for number in receipts[::-1]:
        receipt = session.exec(select(Receipt).where(Receipt.number == number)).one()
        if receipt.kind != REVERSED:
            servicing.reverse_receipt(session, receipt=receipt, reason=reason, by=by, on=on, at=at)
    session.execute(sa.delete(StatementMatchPart).where(col(StatementMatchPart.match_id) == made.key))
    made.undone_by, made.undone_at, made.undone_reason = by.user_id, at, reason.strip()[:400]
    session.add(made)
    note(session, made, "unmatch", by=by, on=on, at=at, reason=reason)
    session.flush()
    for number in receipts:
        pair = event_ids(session, [f"receipt:{number}", f"reversal:receipt:{number}"])
        if not _used(session, [], pair.values()):
            undone = Match(Rule.UNDONE_IN_BOOKS, (), tuple(pair.values()))
            _make(session, undone, reason=reason, by=by, on=on, at=at)


def _references(session: Session, line: StatementLine, count: int) -> list[str]:
    """The references of a line's receipts: the bank's own, with a number for each part and for each new try after a
    reversal, so that a reference that stands is never used again."""
    base = line.bank_ref or f"S{line.key}"
    known = session.exec(
        select(Receipt.kind).where(
            sa.or_(col(Receipt.bank_ref) == base, col(Receipt.bank_ref).startswith(f"{base}{SPLIT}", autoescape=True))
        )
    ).all()
    if any(kind != REVERSED for kind in known) or (not known and count == 1):
        return [base, *(f"{base}{SPLIT}{n}" for n in range(2, count + 1))]
    return [f"{base}{SPLIT}{len(known) + n}" for n in range(1, count + 1)]


def _make(session: Session, found: Match, *, reason: str = "", by: Actor, on: date, at: datetime) -> StatementMatch:
    """Write a match with its parts. Refuses with AlreadyMatched, also if another desk was quicker."""
    _refuse_in_use(session, found.lines, found.booked)
    row = StatementMatch.model_validate(
        {"rule": found.rule, "reason": reason.strip()[:400], "matched_by": by.user_id, "matched_at": at}
    )
    session.add(row)
    session.flush()
    parts = [{"match_id": row.key, "line_id": key} for key in found.lines]
    parts += [{"match_id": row.key, "event_id": key} for key in found.booked]
    session.add_all(StatementMatchPart.model_validate(part) for part in parts)
    try:
        session.flush()
    except sa.exc.IntegrityError as error:
        raise AlreadyMatched(count=1) from error
    note(session, row, "match", by=by, on=on, at=at, reason=f"{found.rule.value}: {reason.strip()}".rstrip(": "))
    return row


def _used(session: Session, lines: Iterable[int], events: Iterable[int]) -> int:
    part = StatementMatchPart
    there = sa.or_(col(part.line_id).in_(list(lines)), col(part.event_id).in_(list(events)))
    return session.exec(select(sa.func.count()).select_from(part).where(there)).one()


def _refuse_in_use(session: Session, lines: Sequence[int], events: Sequence[int]) -> None:
    laid = select(sa.func.count()).select_from(StatementLine)
    aside = session.exec(laid.where(col(StatementLine.id).in_(list(lines)), StatementLine.aside != "")).one()
    if count := aside + _used(session, lines, events):
        raise AlreadyMatched(count=count)
