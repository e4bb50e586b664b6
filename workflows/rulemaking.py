"""Rules are proposed by one person and approved by another; from their day on they hold, and are never changed again.

A bank starts from the pilot's rules (`models/policies/pilot.toml`) and quotations (`models/policies/lpr.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from models.policies.lpr_table import first_quotes
from models.policies.pilot import pilot_rules
from models.policies.rules import RULE_KINDS, Rules
from models.refusals import BadInput, Refusal
from models.roles import SYSTEM, Actor, Role
from models.states.aftercare import RULE_SET, RuleStage
from models.values.rate import Rate
from models.versions import Lpr, RuleSet
from workflows import moves
from workflows.moves import move, require

MAY_PROPOSE = (
    Role.CREDIT_REVIEWER,
    Role.CREDIT_COMMITTEE,
    Role.GUARANTEE_APPROVER,
    Role.FUND_APPROVER,
    Role.ASSET_MANAGER,
    Role.VENTURE_APPROVER,
    Role.FINANCE_BUREAU,
    Role.BUREAU_APPROVER,
    Role.ADMINISTRATOR,
)
"""Who may put a rule up for approval; approving is a move of the rule set's own life."""

BOUNDS = {"greater_than_equal": ("ge", "≥"), "less_than_equal": ("le", "≤"), "greater_than": ("gt", ">")}
"""How the bounds that a number broke are written: pydantic's error, the fact it carries, the sign."""


class UnknownRuleKind(BadInput):
    """There are no rules of this kind; `known` lists those that there are."""


class RuleMissing(BadInput):
    """A number that the rules need is not given."""


class RuleUnknown(BadInput):
    """A name that these rules do not have: a misspelling would otherwise be without effect."""


class RuleOutOfBounds(BadInput):
    """A value outside its bounds, or none of those there are; `wanted` says what it should be."""


class RuleNotUnderstood(BadInput):
    """A value that is no amount, share, number or day: what was given cannot be read."""


class RulesIncoherent(BadInput):
    """Each value is possible by itself, but together they contradict each other; `why` names the condition."""


class VersionTaken(Refusal):
    """Another rule set of this kind bears this version already."""


class RulesReachBack(Refusal):
    """Rules may not begin before the day they are proposed or approved on: what was decided stays decided."""


class QuoteStands(Refusal):
    """A quotation of that day stands already; contracts may have been priced by it."""


def lay_first_rules(session: Session, *, on: date, at: datetime, by: Actor = SYSTEM) -> list[RuleSet]:
    """Lay the pilot's rules of every kind that has none yet, and the first quotations: once, when a bank is opened.

    They are the founding rules and carry nobody's approval; returns those that were laid now.
    """
    have = set(session.exec(select(RuleSet.kind).distinct()))
    laid = []
    for rules in pilot_rules():
        if rules.kind in have:
            continue
        row = RuleSet.model_validate(
            {
                "kind": rules.kind,
                "version": rules.version,
                "effective_from": rules.effective_from,
                "body": rules.model_dump(mode="json"),
                "note": "pilot.toml",
                "proposed_by": by.user_id,
                "stage": RuleStage.APPROVED,
            }
        )
        session.add(row)
        session.flush()
        moves.note(session, row, "lay", by=by, on=on, at=at)
        laid.append(row)
    _lay_first_quotes(session)
    return laid


def _lay_first_quotes(session: Session) -> None:
    have = set(session.exec(select(col(Lpr.published))))
    for line in first_quotes():
        quote = line.quote
        if quote.published not in have:
            session.add(
                Lpr(
                    published=quote.published,
                    one_year=quote.one_year,
                    five_year=quote.five_year,
                    source=line.source,
                )
            )
    session.flush()


def propose(
    session: Session, *, kind: str, body: Mapping[str, Any], note: str, by: Actor, on: date, at: datetime
) -> RuleSet:
    """Put a whole rule set up for approval. `body` is written as in `pilot.toml`: yuan and shares as decimal text.

    Refuses with UnknownRuleKind, RuleMissing, RuleUnknown, RuleOutOfBounds, RuleNotUnderstood, RulesIncoherent, VersionTaken,
    RulesReachBack.
    """
    require(by, "rule_set.propose", *MAY_PROPOSE)
    rules = understood(kind, body)
    _refuse_reaching_back(rules.kind, rules.effective_from, on)
    taken = session.exec(select(RuleSet.id).where(RuleSet.kind == kind, RuleSet.version == rules.version)).first()
    if taken is not None:
        raise VersionTaken(kind=kind, version=rules.version)
    row = RuleSet.model_validate(
        {
            "kind": kind,
            "version": rules.version,
            "effective_from": rules.effective_from,
            "body": rules.model_dump(mode="json"),
            "note": note.strip(),
            "proposed_by": by.user_id,
        }
    )
    session.add(row)
    session.flush()
    moves.note(session, row, "propose", by=by, on=on, at=at, reason=note)
    return row


def understood(kind: str, body: Mapping[str, Any]) -> Rules:
    """The typed rules that `body` spells; refuses with what is wrong first, by the path of the field."""
    rules = RULE_KINDS.get(kind)
    if rules is None:
        raise UnknownRuleKind(field="kind", kind=kind, known=tuple(RULE_KINDS))
    try:
        return rules.model_validate(dict(body))
    except ValidationError as error:
        raise _as_refusal(error) from None


def _as_refusal(error: ValidationError) -> BadInput:
    first = error.errors()[0]
    # Annotated validators show up in the path as words in brackets; people know the field by its dotted name.
    field = ".".join(str(step) for step in first["loc"] if not str(step).startswith("function-"))
    context = first.get("ctx", {})
    if first["type"] == "missing":
        return RuleMissing(field=field)
    if first["type"] == "extra_forbidden":
        return RuleUnknown(field=field)
    given = str(first["input"])[:80]
    if bound := BOUNDS.get(first["type"]):
        name, sign = bound
        return RuleOutOfBounds(field=field, given=given, wanted=f"{sign} {context[name]}")
    if first["type"] == "value_error" and not field:
        return RulesIncoherent(field=error.title, why=str(context["error"]))
    if "expected" in context:
        return RuleOutOfBounds(field=field, given=given, wanted=str(context["expected"]))
    return RuleNotUnderstood(field=field, given=given)


def _refuse_reaching_back(kind: str, effective_from: date, on: date) -> None:
    if effective_from < on:
        raise RulesReachBack(kind=kind, effective_from=effective_from, on=on)


def approve(session: Session, *, rule_set: RuleSet, by: Actor, on: date, at: datetime) -> RuleSet:
    """Let proposed rules hold from their day on; not by the hand that proposed them.

    Refuses with RulesReachBack if their day has passed meanwhile, SameHand, NotAllowed, MoveNotOpen.
    """
    _refuse_reaching_back(rule_set.kind, rule_set.effective_from, on)
    move(session, RULE_SET, rule_set, "approve", by=by, on=on, at=at)
    rule_set.approved_by = by.user_id
    rule_set.approved_at = at
    session.add(rule_set)
    session.flush()
    return rule_set


def refuse(session: Session, *, rule_set: RuleSet, reason: str, by: Actor, on: date, at: datetime) -> RuleSet:
    """Turn proposed rules down, with a reason. Refuses with ReasonNeeded, NotAllowed, MoveNotOpen."""
    move(session, RULE_SET, rule_set, "refuse", by=by, on=on, at=at, reason=reason)
    return rule_set


def differences(session: Session, *, rule_set: RuleSet) -> list[tuple[str, str, str]]:
    """What a rule set changes: the path of each field, its value in the rules before it, and its own.

    The rules before it are the newest approved ones of its kind that begin no later, itself aside.
    """
    before = session.exec(
        select(RuleSet)
        .where(
            RuleSet.kind == rule_set.kind,
            RuleSet.stage == RuleStage.APPROVED,
            RuleSet.effective_from <= rule_set.effective_from,
            RuleSet.id != rule_set.id,
            col(RuleSet.id) < rule_set.key if rule_set.stage is RuleStage.APPROVED else col(RuleSet.id) > 0,
        )
        .order_by(col(RuleSet.effective_from).desc(), col(RuleSet.id).desc())
        .limit(1)
    ).first()
    old, new = _flat(before.body if before else {}), _flat(rule_set.body)
    return [
        (path, old.get(path, ""), new.get(path, ""))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _flat(body: Any, path: str = "") -> dict[str, str]:
    """Nested rules as dotted paths, the way they are named in refusals."""
    if isinstance(body, Mapping):
        found: dict[str, str] = {}
        for name, inner in body.items():
            found |= _flat(inner, f"{path}.{name}" if path else str(name))
        return found
    if isinstance(body, list) and body and isinstance(body[0], Mapping):
        return _flat({str(number): inner for number, inner in enumerate(body)}, path)
    return {path: ", ".join(str(one) for one in body) if isinstance(body, list) else str(body)}


def quote_lpr(
    session: Session,
    *,
    published: date,
    one_year: Rate,
    five_year: Rate,
    source: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Lpr:
    """Enter a month's quotation of the LPR with where it was read (LOAN-09). Refuses with QuoteStands, BadInput."""
    require(by, "lpr.quote", *MAY_PROPOSE)
    if not source.strip():
        raise RuleMissing(field="source")
    if published > on:
        raise RuleOutOfBounds(field="published", given=str(published), wanted=f"≤ {on}")
    if session.get(Lpr, published) is not None:
        raise QuoteStands(published=published)
    quote = Lpr(published=published, one_year=one_year, five_year=five_year, source=source.strip())
    session.add(quote)
    session.flush()
    return quote
