"""The rules: what is in force with its sources, what is proposed, the difference, two people's yes; quotations of the LPR."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import col, select
from starlette.responses import Response

from models.policies.rules import RULE_KINDS
from models.queries.rules import rule_sets
from models.refusals import BadInput, NotThere
from models.roles import Role
from models.states.aftercare import RULE_SET, RuleStage
from models.versions import Lpr, RuleSet
from talentbank import i18n, rule_notes
from talentbank.i18n import N_
from talentbank.web import listing, rule_words, views_loans, views_rules
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, PerCent, Text
from talentbank.web.navigation import MANAGEMENT, Item
from workflows import moves, rulemaking

router = APIRouter()

READERS = tuple(role for role in Role if role not in (Role.APPLICANT, Role.EXPERT, Role.SYSTEM))
NAVIGATION = (Item(MANAGEMENT, "/rules", "adjustments", N_("规则与参数"), frozenset(READERS), place=15),)
PREFIX = "rule."
"""Fields of the form that are rules bear their path behind it, so that no rule can pose as another field."""

FIELD_LABELS = {
    **{PREFIX + path: rule_words.NAMES[path.partition(".")[0]] for path in views_rules.every_path()},
    **{PREFIX + kind: name for kind, name in rule_words.KINDS.items()},
    "version": N_("版本"),
    "effective_from": N_("生效日"),
    "note": N_("修改理由"),
    "published": N_("报价日"),
    "one_year": N_("一年期"),
    "five_year": N_("五年期以上"),
    "source": N_("出处"),
}
QUOTES_SHOWN = 12

Reader = Annotated[Desk, allow(*READERS)]
Proposer = Annotated[Desk, allow(*rulemaking.MAY_PROPOSE)]
Approver = Annotated[Desk, allow(Role.CREDIT_COMMITTEE, Role.BUREAU_APPROVER)]


class ProposeForm(BaseModel):
    """The head of a new version; the rules themselves are read from the fields of the form by their paths."""

    version: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[\w.-]{1,60}$")]
    effective_from: Day
    note: Annotated[Text, Field(max_length=400)]


class StampForm(BaseModel):
    """The version of the row that was read."""

    stamp: int


class RefuseForm(StampForm):
    """Why a proposal is turned down."""

    reason: Text


class QuoteForm(BaseModel):
    """A month's quotation."""

    published: Day
    one_year: PerCent
    five_year: PerCent
    source: Annotated[Note, Field(max_length=200)] = ""


def _kind(kind: str) -> str:
    if kind not in RULE_KINDS:
        raise NotThere(what=kind)
    return kind


def _set(desk: Desk, kind: str, number: int) -> RuleSet:
    row = desk.session.get(RuleSet, number)
    if row is None or row.kind != _kind(kind):
        raise NotThere(what=f"{kind} {number}")
    return row


def in_force(desk: Desk, kind: str) -> RuleSet:
    """The rule set that holds today. Refuses with NotThere before a bank has rules."""
    row = desk.session.exec(
        select(RuleSet)
        .where(RuleSet.kind == kind, RuleSet.stage == RuleStage.APPROVED, RuleSet.effective_from <= desk.on)
        .order_by(col(RuleSet.effective_from).desc(), col(RuleSet.id).desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotThere(what=kind)
    return row


@router.get("/rules")
def rules(desk: Reader) -> Response:
    """Every kind with the version in force, what waits for approval, and the quotations of the LPR."""
    proposed, _ = rule_sets(desk.session, stage=RuleStage.PROPOSED)
    now = [in_force(desk, kind) for kind in RULE_KINDS]
    coming = [
        row for row in rule_sets(desk.session, stage=RuleStage.APPROVED, limit=200)[0] if row.effective_from > desk.on
    ]
    quotes = desk.session.exec(select(Lpr).order_by(col(Lpr.published).desc()).limit(QUOTES_SHOWN)).all()
    return desk.show(
        "rules/list.html",
        now=[(row, _approver(desk, row)) for row in now],
        proposed=[(row, views_loans.person(desk.session, row.proposed_by)) for row in proposed],
        coming=coming,
        quotes=quotes,
        kind_name=rule_words.kind_name,
        say_reason=rule_notes.say_reason,
        may_propose=desk.actor.holds(*rulemaking.MAY_PROPOSE),
    )


def _approver(desk: Desk, row: RuleSet) -> str:
    return views_loans.person(desk.session, row.approved_by)


@router.get("/rules/{kind}")
def kind(kind: str, desk: Reader) -> Response:
    """The rules of one kind in force, and its versions."""
    row = in_force(desk, _kind(kind))
    return _show(desk, row)


@router.get("/rules/{kind}/new")
def new(kind: str, desk: Proposer) -> Response:
    """The form for a new version: the rules in force, ready to be changed."""
    row = in_force(desk, _kind(kind))
    with desk.speaking():
        found = views_rules.groups(views_rules.lines(kind, row.body))
    return desk.show(
        "rules/new.html",
        rule_set=row,
        name=desk.words(rule_words.KINDS[kind]),
        groups=found,
        version=views_rules.next_version(RULE_KINDS[kind].model_validate(row.body)),
        prefix=PREFIX,
    )


@router.post("/rules/{kind}")
def propose(kind: str, form: Annotated[ProposeForm, Form()], desk: Proposer) -> Response:
    """Put a new version up; another person approves it."""
    row = in_force(desk, _kind(kind))
    typed = {name.removeprefix(PREFIX): text for name, text in desk.sent_fields if name.startswith(PREFIX)}
    try:
        made = rulemaking.propose(
            desk.session,
            kind=kind,
            # Understood first, so that a rule that came after this set can be given in the next one.
            body=views_rules.body_of(
                rulemaking.understood(kind, row.body).model_dump(mode="json"),
                typed,
                version=form.version,
                effective_from=form.effective_from,
            ),
            note=form.note,
            by=desk.actor,
            on=desk.on,
            at=desk.now,
        )
    except BadInput as wrong:
        raise _at_its_field(desk, kind, wrong) from None
    desk.say(N_("规则 %(version)s 已提出，等待另一位同事批准"), version=made.version)
    return desk.go(f"/rules/{kind}/{made.key}")


def _at_its_field(desk: Desk, kind: str, wrong: BadInput) -> BadInput:
    """The same refusal, told of the field of this form and in its words instead of the file's."""
    path = str(wrong.facts["field"])
    whole = path not in views_rules.every_path()
    with desk.speaking():
        name = rule_words.kind_name(kind) if whole else rule_words.label(path)
        reason = i18n.sentence(type(wrong)(**(wrong.facts | {"field": name})))
    return type(wrong)(**(wrong.facts | {"field": PREFIX + (kind if whole else path), "reason": reason}))


@router.get("/rules/{kind}/{number}")
def version(kind: str, number: int, desk: Reader) -> Response:
    """One version: what it changes, all its rules, and what this person may do with it."""
    return _show(desk, _set(desk, kind, number))


def _show(desk: Desk, row: RuleSet) -> Response:
    versions, total = rule_sets(desk.session, kind=row.kind, limit=listing.PAGE)
    with desk.speaking():
        found = views_rules.groups(views_rules.lines(row.kind, row.body))
        changes = [
            (
                rule_words.label(path),
                views_rules.stored(row.kind, path, before),
                views_rules.stored(row.kind, path, after),
            )
            for path, before, after in rulemaking.differences(desk.session, rule_set=row)
            if path not in views_rules.HEAD
        ]
    first = not any(one.key != row.key and one.stage is RuleStage.APPROVED for one in versions)
    return desk.show(
        "rules/kind.html",
        rule_set=row,
        say_reason=rule_notes.say_reason,
        name=desk.words(rule_words.KINDS[row.kind]),
        groups=found,
        changes=[] if first else changes,
        versions=versions,
        total=total,
        current=in_force(desk, row.kind).key == row.key,
        proposer=views_loans.person(desk.session, row.proposed_by),
        approver=_approver(desk, row),
        open_now={move.verb for move in moves.open_moves(desk.session, RULE_SET, row, by=desk.actor)},
        may_propose=desk.actor.holds(*rulemaking.MAY_PROPOSE),
    )


@router.post("/rules/{kind}/{number}/approve")
def approve(kind: str, number: int, form: Annotated[StampForm, Form()], desk: Approver) -> Response:
    """Let a proposal hold from its day on; not by the hand that proposed it."""
    row = _set(desk, kind, number)
    desk.fresh(row, form.stamp)
    rulemaking.approve(desk.session, rule_set=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("规则 %(version)s 已批准，自 %(on)s 起执行"), version=row.version, on=row.effective_from)
    return desk.go(f"/rules/{kind}/{number}")


@router.post("/rules/{kind}/{number}/refuse")
def refuse(kind: str, number: int, form: Annotated[RefuseForm, Form()], desk: Approver) -> Response:
    """Turn a proposal down, with a reason."""
    row = _set(desk, kind, number)
    desk.fresh(row, form.stamp)
    rulemaking.refuse(desk.session, rule_set=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("规则 %(version)s 未获批准"), version=row.version)
    return desk.go(f"/rules/{kind}/{number}")


@router.post("/lpr")
def quote(form: Annotated[QuoteForm, Form()], desk: Proposer) -> Response:
    """Enter a month's quotation of the LPR with where it was read."""
    made = rulemaking.quote_lpr(
        desk.session,
        published=form.published,
        one_year=form.one_year,
        five_year=form.five_year,
        source=form.source,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("%(on)s 的 LPR 报价已录入"), on=made.published)
    return desk.go("/rules#lpr")
