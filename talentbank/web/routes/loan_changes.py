"""Changes of a running loan on screen: what one would do, asking for it, consents, approving, and the money that comes."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.firm import Firm
from models.lending.changes import ChangeKind, ConsentOf, PrepayChoice
from models.loan import Loan
from models.queries.loan_changes import change_by_number, changes_of, consents_of, waiting_changes
from models.queries.owed import contract_of
from models.refusals import BadInput, Refusal
from models.roles import Role
from models.states.loan_change import LOAN_CHANGE, ChangeStage
from models.values.money import ZERO
from talentbank import i18n
from talentbank.i18n import N_
from talentbank.web import access, listing, views_loan_changes
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Text
from talentbank.web.navigation import BUSINESS, Item
from talentbank.web.routes.loans import loan_of
from talentbank.web.typed import per_cent_or_none, yuan_or
from workflows import changing, moves
from workflows.change_effects import Asked, Extension, NewRate, Prepayment, Restructuring

router = APIRouter()

READERS = access.FILE_READERS
NAVIGATION = (Item(BUSINESS, "/loan-changes", "adjustments", N_("贷款变更"), frozenset(READERS), place=42),)
FIELD_LABELS = {
    "months": N_("延长月数"),
    "grace_months": N_("本金宽限月数"),
    "choice": N_("提前还款后"),
    "evidence": N_("同意函编号"),
    "given_on": N_("出具日期"),
    "party": N_("同意人"),
}
MOST_MONTHS = 600

Reader = Annotated[Desk, allow(*READERS)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Reviewer = Annotated[Desk, allow(Role.CREDIT_REVIEWER)]


class AskForm(BaseModel):
    """What is asked for, as it was typed; which fields count follows from the kind."""

    kind: str = ChangeKind.PREPAYMENT.value
    amount: str = ""
    choice: str = PrepayChoice.LOWER_INSTALMENT.value
    months: str = ""
    rate: str = ""
    grace_months: str = ""
    capitalise: bool = False
    waive_penalty: bool = False
    released: Annotated[list[str], Field(default_factory=list)]

    @property
    def of_kind(self) -> ChangeKind:
        """The kind that is asked for; an early repayment for what is no such word."""
        return listing.one_of(ChangeKind, self.kind) or ChangeKind.PREPAYMENT

    @property
    def filled(self) -> bool:
        """Whether anything was asked for yet."""
        match self.of_kind:
            case ChangeKind.PREPAYMENT:
                return bool(self.amount.strip())
            case ChangeKind.EXTENSION:
                return bool(self.months.strip())
            case ChangeKind.RATE:
                return bool(self.rate.strip())
            case ChangeKind.RESTRUCTURING:
                return (
                    self.capitalise
                    or self.waive_penalty
                    or any(text.strip() for text in (self.months, self.rate, self.grace_months, *self.released))
                )

    def asked(self) -> Asked:
        """What the workflow is asked for. Refuses with BadInput that names the field."""
        rate = per_cent_or_none(self.rate, "rate")
        match self.of_kind:
            case ChangeKind.PREPAYMENT:
                choice = listing.one_of(PrepayChoice, self.choice) or PrepayChoice.LOWER_INSTALMENT
                return Prepayment(amount=yuan_or(self.amount, "amount", ZERO), choice=choice)
            case ChangeKind.EXTENSION:
                return Extension(months=_months(self.months, "months"))
            case ChangeKind.RATE:
                if rate is None:
                    raise BadInput(field="rate", reason=N_("请输入百分比，最多四位小数"))
                return NewRate(rate=rate)
            case ChangeKind.RESTRUCTURING:
                return Restructuring(
                    months=_months(self.months, "months"),
                    rate=rate,
                    grace_months=_months(self.grace_months, "grace_months"),
                    capitalise=self.capitalise,
                    waive_penalty=self.waive_penalty,
                    released=tuple(one for one in self.released if one),
                )


class ProposeForm(AskForm):
    """The same, with why, and the version of the loan that the page showed."""

    stamp: int
    reason: Text


class ConsentForm(BaseModel):
    """A written consent."""

    party: ConsentOf
    evidence: Annotated[Text, Field(max_length=200)]
    given_on: date


class ApproveForm(BaseModel):
    """The version of the change, and of its effect, that the page showed."""

    stamp: int
    seen: Annotated[str, Field(max_length=64)]


class ReasonForm(BaseModel):
    """Why a change is refused or taken back."""

    stamp: int
    reason: Text


class MoneyForm(BaseModel):
    """The bank's reference of the money of an early repayment."""

    stamp: int
    bank_ref: Annotated[Text, Field(max_length=64)]


def _months(text: str, field: str) -> int:
    text = text.strip()
    if not text:
        return 0
    if not text.isdecimal() or int(text) > MOST_MONTHS:
        raise BadInput(field=field, reason=N_("请输入数字"))
    return int(text)


@router.get("/loan-changes")
def waiting(desk: Reader) -> Response:
    """The changes that wait for somebody."""
    rows = [(change, loan, desk.session.get_one(Firm, loan.firm_id)) for change, loan in waiting_changes(desk.session)]
    return desk.show("loans/changes.html", rows=rows)


@router.get("/loans/{number}/what-if")
def what_if(number: str, desk: Reader, form: Annotated[AskForm, Query()]) -> Response:
    """What a change would do to the loan; nothing is written."""
    row = loan_of(desk, number)
    effect, declined = None, ""
    if form.filled:
        try:
            effect = changing.what_if(desk.session, loan=row, asked=form.asked(), on=desk.on)
        except Refusal as refusal:
            declined = i18n.sentence(refusal, desk.lang)
    waits = next((one for one in changes_of(desk.session, row) if one.stage.waits), None)
    return desk.show(
        "loans/what_if.html",
        block="answer",
        loan=row,
        contract=contract_of(desk.session, row),
        firm=desk.session.get_one(Firm, row.firm_id),
        kinds=list(ChangeKind),
        choices=list(PrepayChoice),
        form_of=form,
        kind=form.of_kind,
        pledges=changing.standing_pledges(desk.session, row),
        effect=views_loan_changes.effect(effect.facts()) if effect else None,
        declined=declined,
        waits=waits,
        may_propose=desk.actor.holds(Role.LOAN_OFFICER) and row.stage.owed and waits is None,
    )


@router.post("/loans/{number}/changes")
def propose(number: str, form: Annotated[ProposeForm, Form()], desk: Officer) -> Response:
    """Ask for the change that was shown."""
    row = loan_of(desk, number)
    desk.fresh(row, form.stamp)
    change = changing.propose(
        desk.session, loan=row, asked=form.asked(), reason=form.reason, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("变更 %(number)s 已提交审批"), number=change.number)
    return desk.go(f"/loan-changes/{change.number}")


@router.get("/loan-changes/{number}")
def change_page(number: str, desk: Reader) -> Response:
    """A change: what was asked, what it would do today or did, consents, and what can be done about it."""
    change = change_by_number(desk.session, number)
    loan = desk.session.get_one(Loan, change.loan_id)
    facts, seen, declined = change.effect, "", ""
    if change.stage.waits:
        try:
            effect = changing.what_if(desk.session, loan=loan, asked=changing.asked_of(change), on=desk.on)
            facts, seen = effect.facts(), effect.fingerprint
        except Refusal as refusal:
            declined = i18n.sentence(refusal, desk.lang)
    open_now = {
        move.verb
        for move in moves.open_moves(desk.session, LOAN_CHANGE, change, by=desk.actor, case=moves.case_of(change))
    }
    missing = changing.consents_missing(desk.session, change) if change.stage.waits else ()
    return desk.show(
        "loans/change.html",
        change=change,
        loan=loan,
        firm=desk.session.get_one(Firm, loan.firm_id),
        asked=views_loan_changes.asked(desk, change),
        reason=desk.words(change.reason),
        proposed_by=views_loan_changes.person(desk.session, change.proposed_by),
        consents=[
            (one, views_loan_changes.person(desk.session, one.recorded_by)) for one in consents_of(desk.session, change)
        ],
        missing=missing,
        effect=views_loan_changes.effect(facts),
        seen=seen,
        declined=declined,
        open_now=open_now,
        may_consent=bool(missing) and desk.actor.holds(Role.LOAN_OFFICER),
        may_take_money=change.stage is ChangeStage.APPROVED
        and change.kind is ChangeKind.PREPAYMENT
        and desk.actor.holds(Role.LOAN_OFFICER),
    )


@router.post("/loan-changes/{number}/consents")
def consent(number: str, form: Annotated[ConsentForm, Form()], desk: Officer) -> Response:
    """Record a guarantor's or pledgor's consent."""
    changing.record_consent(
        desk.session,
        change=change_by_number(desk.session, number),
        party=form.party,
        evidence=form.evidence,
        given_on=form.given_on,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记%(party)s同意函"), party=form.party)
    return desk.go(f"/loan-changes/{number}")


@router.post("/loan-changes/{number}/approve")
def approve(number: str, form: Annotated[ApproveForm, Form()], desk: Reviewer) -> Response:
    """Approve what the page showed."""
    change = change_by_number(desk.session, number)
    desk.fresh(change, form.stamp)
    changing.approve(desk.session, change=change, seen=form.seen, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("变更 %(number)s：%(stage)s"), number=number, stage=change.stage)
    return desk.go(f"/loan-changes/{number}")


@router.post("/loan-changes/{number}/refuse")
def refuse(number: str, form: Annotated[ReasonForm, Form()], desk: Reviewer) -> Response:
    """Decline the change."""
    change = change_by_number(desk.session, number)
    desk.fresh(change, form.stamp)
    changing.refuse(desk.session, change=change, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("变更 %(number)s：%(stage)s"), number=number, stage=change.stage)
    return desk.go(f"/loan-changes/{number}")


@router.post("/loan-changes/{number}/withdraw")
def withdraw(number: str, form: Annotated[ReasonForm, Form()], desk: Officer) -> Response:
    """Take the change back."""
    change = change_by_number(desk.session, number)
    desk.fresh(change, form.stamp)
    changing.withdraw(desk.session, change=change, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("变更 %(number)s：%(stage)s"), number=number, stage=change.stage)
    return desk.go(f"/loan-changes/{number}")


@router.post("/loan-changes/{number}/money")
def money(number: str, form: Annotated[MoneyForm, Form()], desk: Officer) -> Response:
    """The money of an approved early repayment has come."""
    change = change_by_number(desk.session, number)
    desk.fresh(change, form.stamp)
    changing.take_prepayment(
        desk.session, change=change, bank_ref=form.bank_ref, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("变更 %(number)s：%(stage)s"), number=number, stage=change.stage)
    return desk.go(f"/loan-changes/{number}")
