"""A firm's cap table on any day, and rounds of new money that change it: followed by the venture company, or not."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.policies.rules import EquityRules
from models.queries.cap_tables import cap_table
from models.queries.holdings import conversion_rows, holding_rows, rounds_of
from models.roles import Role
from models.values.money import total
from talentbank.i18n import N_
from talentbank.web import access, confirming, views_equity, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Text, Wan
from talentbank.web.routes.firms import HOLDER_KINDS
from workflows import equity

router = APIRouter()

FIELD_LABELS = {"lead": N_("领投方"), "raised": N_("本轮融资总额"), "followed": N_("其中本公司跟投")}
VENTURE = (Role.VENTURE_MANAGER, Role.VENTURE_APPROVER)

Reader = Annotated[Desk, allow(*access.PARTY_READERS, Role.APPLICANT)]
Venture = Annotated[Desk, allow(*VENTURE)]


class RoundForm(BaseModel):
    """A round of new money, in 万元; `followed` is the venture company's part of it, left out if it does not follow."""

    lead: Annotated[Text, Field(max_length=120)]
    pre_money: Wan
    raised: Wan
    followed: Wan | None = None
    confirmed: bool = False


@router.get("/firms/{firm_id}/cap-table")
def cap_table_page(firm_id: int, desk: Reader, day: Day | None = None) -> Response:
    """Who held how much of the firm on a day, and what changed it."""
    firm = access.firm(desk, firm_id)
    on = day or desk.on
    shares = cap_table(desk.session, firm, on)
    inside = desk.actor.holds(*views_equity.READERS)
    return desk.show(
        "equity/cap_table.html",
        firm=firm,
        invented=views_parties.invented(firm),
        day=on,
        days=views_equity.change_days(desk.session, firm),
        shares=shares,
        whole=total(one.capital for one in shares),
        complete=total(one.capital for one in shares) == firm.registered_capital,
        rounds=rounds_of(desk.session, firm),
        holdings=holding_rows(desk.session, firm_id=firm_id, sort="acquired_on")[0] if inside else [],
        conversions=conversion_rows(desk.session, firm_id=firm_id)[0] if inside else [],
        kinds=HOLDER_KINDS,
        inside=inside,
        may_add=desk.actor.holds(*VENTURE) and firm.exists,
    )


@router.get("/firms/{firm_id}/rounds/new")
def new_round(firm_id: int, desk: Venture) -> Response:
    """The form for a round of new money."""
    firm = access.firm(desk, firm_id)
    return desk.show(
        "equity/round_new.html",
        firm=firm,
        invented=views_parties.invented(firm),
        rules=desk.rules(EquityRules),
        shares=cap_table(desk.session, firm, desk.on),
        kinds=HOLDER_KINDS,
        may_follow=desk.actor.holds(Role.VENTURE_APPROVER),
    )


@router.post("/firms/{firm_id}/rounds")
def add_round(firm_id: int, form: Annotated[RoundForm, Form()], desk: Venture) -> Response:
    """Enter a round; if the venture company follows it pays at once, so that is asked once more."""
    firm = access.firm(desk, firm_id)
    given = {"firm": firm, "lead": form.lead, "pre_money": form.pre_money, "raised": form.raised}
    who = {"by": desk.actor, "on": desk.on, "at": desk.now}
    if form.followed is None:
        equity.record_round(desk.session, **given, **who)  # type: ignore[arg-type]
        desk.say(N_("已登记 %(firm)s 的融资轮次"), firm=firm.name)
        return desk.go(f"/firms/{firm_id}/cap-table")
    holding = equity.follow_on(desk.session, **given, followed=form.followed, **who)  # type: ignore[arg-type]
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认跟投"),
            facts=[
                (N_("企业"), firm.name),
                (N_("领投方"), form.lead),
                (N_("取得出资"), desk.words(holding.capital)),
                (N_("投后注册资本"), desk.words(firm.registered_capital)),
            ],
            amount=form.followed,
            warning=N_("跟投款即时支付，股东名册同时变更，不能撤销。"),
            submit=N_("跟投"),
        )
    desk.say(N_("已跟投 %(amount)s，持股编号 %(number)s"), amount=form.followed, number=holding.number)
    return desk.go(f"/holdings/{holding.number}")
