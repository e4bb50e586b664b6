"""The credit committee's desk: what waits, one case with offer and limits, the decision, the register."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import select
from starlette.responses import Response

from models.application import Application
from models.decision import Decision, Outcome
from models.queries.decisions import decision_rows
from models.queries.reviews import opinions_waiting
from models.refusals import BadInput, NotThere
from models.roles import Role
from models.states.application import Stage
from models.user import User
from reports.workbook import Column, Kind
from talentbank import auth
from talentbank.i18n import N_
from talentbank.web import (
    access,
    confirming,
    listing,
    views_applications,
    views_decisions,
    views_review,
    views_scores,
    views_sheets,
)
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, PerCent, Wan
from talentbank.web.navigation import BUSINESS, Item
from workflows import decision
from workflows.offering import basis_of, latest_opinion

router = APIRouter()

READERS = (
    Role.CREDIT_COMMITTEE,
    Role.CREDIT_REVIEWER,
    Role.LOAN_OFFICER,
    Role.PANEL_CHAIR,
    Role.GUARANTEE_OFFICER,
    Role.GUARANTEE_APPROVER,
    Role.FINANCE_BUREAU,
    Role.AUDITOR,
)
NAVIGATION = (Item(BUSINESS, "/decisions", "gavel", N_("信贷决策"), frozenset(READERS), place=30),)
FIELD_LABELS = {
    "outcome": N_("决定"),
    "amount": N_("金额"),
    "rate": N_("年利率"),
    "guarantee_share": N_("担保比例"),
    "code": N_("动态码"),
}
COLUMNS = (
    Column(N_("决定编号")),
    Column(N_("申请编号")),
    Column(N_("企业"), width=34),
    Column(N_("人才")),
    Column(N_("产品"), width=20),
    Column(N_("申请金额（元）"), Kind.MONEY, 20),
    Column(N_("决定")),
    Column(N_("批准金额（元）"), Kind.MONEY, 20),
    Column(N_("期限（月）"), Kind.COUNT),
    Column(N_("年利率"), Kind.RATE),
    Column(N_("决定日期"), Kind.DATE),
    Column(N_("有效期至"), Kind.DATE),
    Column(N_("贷款编号")),
    Column(N_("放款条件"), Kind.COUNT),
    Column(N_("未落实条件"), Kind.COUNT),
)

Reader = Annotated[Desk, allow(*READERS)]
Committee = Annotated[Desk, allow(Role.CREDIT_COMMITTEE)]


class DecisionForm(BaseModel):
    """What the committee decides. What is left empty is the offer's own."""

    stamp: int
    outcome: Literal["approve", "reject", "defer"]
    amount: Wan | None = None
    term_months: Annotated[int | None, Field(ge=1, le=120)] = None
    rate: PerCent | None = None
    guarantee_share: PerCent | None = None
    conditions: Note = ""
    reason: Note = ""
    code: str = ""
    confirmed: bool = False


@router.get("/decisions")
def decisions(
    desk: Reader, page: listing.PageNumber = 1, q: str = "", outcome: str = "", sort: str = "-decided_on"
) -> Response:
    """The opinions that wait for a decision, and the register of those that were taken."""
    chosen = listing.one_of(Outcome, outcome)
    rows, total = decision_rows(
        desk.session, outcome=chosen, text=q, sort=sort, limit=listing.PAGE, offset=listing.offset(page)
    )
    waiting, waiting_total = opinions_waiting(desk.session)
    return desk.show(
        "decisions/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        q=q,
        outcome=chosen or "",
        sort=sort,
        outcomes=list(Outcome),
        waiting=waiting,
        waiting_total=waiting_total,
        points=views_review.points,
    )


@router.get("/decisions.xlsx")
def workbook(desk: Reader, q: str = "", outcome: str = "", sort: str = "-decided_on") -> Response:
    """The register, whole, as an Excel file."""
    chosen = listing.one_of(Outcome, outcome)
    rows, _ = decision_rows(desk.session, outcome=chosen, text=q, sort=sort, limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.number,
            row.application,
            row.firm,
            row.talent,
            row.product,
            row.asked,
            row.outcome,
            row.amount,
            row.term_months,
            row.rate,
            row.decided_on,
            row.valid_to,
            row.loan_number,
            row.conditions,
            row.open_conditions,
        )
        for row in rows
    )
    conditions = [(N_("决定"), chosen), (N_("搜索"), q)]
    return listing.export(desk, name=N_("决策台账"), columns=COLUMNS, rows=lines, conditions=conditions)


@router.get("/applications/{number}/decision")
def case(number: str, desk: Reader) -> Response:
    """One case before the committee: opinion, score, offer, limits, and the form for who may decide."""
    row = access.application(desk, number)
    desk.audit("decision.read", number)
    opinion = latest_opinion(desk.session, row)
    if opinion is None:
        raise NotThere(what=number)
    open_now = row.stage is Stage.OPINION_ISSUED
    basis = basis_of(desk.session, row, on=desk.on) if open_now else None
    offer = basis.offer() if basis else None
    taken = [views_decisions.decision_view(desk, one) for one in views_decisions.decisions_on(desk.session, row)]
    kept = taken[0].offer if taken and not open_now else None
    head = views_applications.head(desk, row, "review")
    return desk.show(
        "decisions/case.html",
        head=head,
        opinion=views_sheets.opinion_view(desk, opinion),
        score=views_scores.score(desk, row),
        offer=views_decisions.offer_view(desk, offer.as_dict()) if offer else kept,
        limits=views_decisions.limits(desk, row, basis, offer) if basis and offer else [],
        taken=taken,
        may_decide=any(button.verb == "approve" for button in head.buttons),
        open_now=open_now,
        rules=basis.credit if basis else None,
    )


@router.post("/applications/{number}/decision")
def decide(number: str, form: Annotated[DecisionForm, Form()], desk: Committee) -> Response:
    """Approve, reject or defer: the decision is made, shown once more, and only then stands."""
    row = access.application(desk, number)
    desk.fresh(row, form.stamp)
    taken = _decided(desk, row, form)
    if not form.confirmed:
        user = desk.session.get_one(User, desk.actor.user_id)
        return confirming.ask(
            desk,
            title=N_("确认决定"),
            facts=[(N_("决定"), desk.words(taken.outcome)), *_terms(desk, taken)],
            amount=taken.amount,
            warning=N_("批准即占用担保额度并记入承诺；决定连同依据一并存档，不能更改。"),
            submit=N_("确认决定"),
            code=bool(user.totp_secret),
        )
    auth.confirm_code(desk.session.get_one(User, desk.actor.user_id), form.code, desk.now)
    desk.say(N_("决定 %(number)s 已作出：%(outcome)s"), number=taken.number, outcome=taken.outcome)
    return desk.go(f"/applications/{number}/decision")


def _decided(desk: Desk, row: Application, form: DecisionForm) -> Decision:
    if form.outcome != "approve":
        verb = decision.reject if form.outcome == "reject" else decision.defer
        return verb(desk.session, application=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    return decision.approve(
        desk.session,
        application=row,
        amount=form.amount,
        term_months=form.term_months,
        rate=form.rate,
        guarantee_share=form.guarantee_share,
        conditions=[line.strip() for line in form.conditions.splitlines() if line.strip()],
        reason=form.reason,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )


def _terms(desk: Desk, taken: Decision) -> list[tuple[str, str]]:
    if taken.outcome is not Outcome.APPROVED:
        return [(N_("理由"), taken.reason)]
    return [
        (N_("期限"), desk.words("%(months)s 个月", months=taken.term_months)),
        (N_("年利率"), desk.words(taken.rate)),
        (N_("担保比例"), f"{taken.guarantee_share_ppm / 10_000:g}%"),
    ]


@router.get("/decisions/{number}")
def one(number: str, desk: Reader) -> Response:
    """A decision by its number: the case that it belongs to."""
    row = desk.session.exec(select(Decision).where(Decision.number == number)).first()
    if row is None:
        raise NotThere(what=number)
    file = desk.session.get_one(Application, row.application_id)
    return desk.go(f"/applications/{file.number}/decision")


@router.post("/decisions/{number}/replay")
def replay(number: str, desk: Reader) -> Response:
    """Make an old decision again from what it kept, and say whether it comes out the same."""
    row = desk.session.exec(select(Decision).where(Decision.number == number)).first()
    if row is None:
        raise NotThere(what=number)
    again = decision.replay(desk.session, row)
    if not again.same:
        raise BadInput(field="number", reason=", ".join(one.name for one in again.differences))
    desk.say(N_("决定 %(number)s 重演一致：同样的依据得出同样的授信方案"), number=number)
    file = desk.session.get_one(Application, row.application_id)
    return desk.go(f"/applications/{file.number}/decision")
