"""Money that comes in: appropriations, capital of the funds, what is set aside in the risk pool; each by its post."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.roles import Institution, Role
from talentbank.i18n import N_
from talentbank.web import confirming
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Wan
from workflows import funding

router = APIRouter()

FIELD_LABELS = {"kind": N_("资金事项"), "fund": N_("基金"), "ref": N_("文号或银行流水号")}
CAPITAL_KINDS = {
    "appropriate": N_("财政拨款到账"),
    "bureau": N_("财政向基金出资"),
    "owner": N_("其他股东向基金出资"),
    "pool": N_("注入风险补偿资金池"),
}
KINDS_OF_ROLE: tuple[tuple[str, tuple[Role, ...]], ...] = (
    ("appropriate", (Role.FINANCE_BUREAU, Role.BUREAU_APPROVER)),
    ("bureau", (Role.BUREAU_APPROVER,)),
    ("owner", (Role.FINANCE_BUREAU, Role.BUREAU_APPROVER, Role.TREASURER)),
    ("pool", (Role.BUREAU_APPROVER,)),
)
"""Which capital acts a post is offered; the workflow asks again."""

Funder = Annotated[Desk, allow(Role.FINANCE_BUREAU, Role.BUREAU_APPROVER, Role.TREASURER)]


class CapitalForm(BaseModel):
    """Capital, an appropriation, or money for the pool."""

    kind: Literal["appropriate", "bureau", "owner", "pool"]
    fund: Institution | None = None
    amount: Wan
    ref: Annotated[Note, Field(max_length=40)] = ""
    confirmed: bool = False


@router.post("/facilities/capital")
def capital(form: Annotated[CapitalForm, Form()], desk: Funder) -> Response:
    """Book capital paid in, an appropriation, or money set aside in the pool."""
    who = {"by": desk.actor, "on": desk.on, "at": desk.now}
    facts = [(N_("资金事项"), desk.words(CAPITAL_KINDS[form.kind])), (N_("文号或银行流水号"), form.ref or "—")]
    if form.kind == "appropriate":
        funding.appropriate(desk.session, amount=form.amount, ref=form.ref, **who)  # type: ignore[arg-type]
    elif form.kind == "pool":
        funding.fund_pool(desk.session, amount=form.amount, ref=form.ref, **who)  # type: ignore[arg-type]
    else:
        if form.fund is None:
            raise funding.NoSuchCapital(field="fund", fund="", owner=form.kind, reason=N_("请选择基金"))
        facts.insert(1, (N_("基金"), desk.words(form.fund)))
        funding.capitalise(
            desk.session,
            fund=form.fund,
            amount=form.amount,
            owner=form.kind,
            ref=form.ref,
            **who,  # type: ignore[arg-type]
        )
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认资金入账"),
            facts=facts,
            amount=form.amount,
            warning=N_("入账后不能修改，只能另做更正分录。"),
            submit=N_("确认入账"),
        )
    desk.say(N_("已入账 %(amount)s"), amount=form.amount)
    return desk.go("/facilities")
