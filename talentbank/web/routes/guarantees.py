"""The guarantor's desk: capacity, guarantees in force, putting them up and in force, claims and what is recovered."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import select
from starlette.responses import Response

from models.guarantee import Claim
from models.loan import Loan
from models.queries.guarantees import (
    claim_by_number,
    claim_rows,
    guarantee_by_number,
    guarantee_rows,
    stage_counts,
)
from models.queries.loans import loan_by_number
from models.roles import Role
from models.states.aftercare import CLAIM, GUARANTEE, ClaimStage, GuaranteeStage
from models.values.money import ZERO
from reports.workbook import Column, Kind
from talentbank.i18n import N_
from talentbank.web import access, confirming, listing
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Note, Text, Yuan
from talentbank.web.navigation import BUSINESS, Item
from talentbank.web.typed import yuan_or
from workflows import claims, guarantee, moves, recovering

router = APIRouter()

READERS = (*access.FILE_READERS, Role.BUREAU_APPROVER, Role.TREASURER)
NAVIGATION = (
    Item(BUSINESS, "/guarantees", "shield-check", N_("担保管理"), frozenset(READERS), place=50),
    Item(BUSINESS, "/claims", "shield-half", N_("代偿"), frozenset(READERS), place=52),
)
FIELD_LABELS = {"costs": N_("追偿费用")}
COLUMNS = (
    Column(N_("担保编号")),
    Column(N_("贷款编号")),
    Column(N_("企业"), width=34),
    Column(N_("担保金额（元）"), Kind.MONEY, 20),
    Column(N_("责任余额（元）"), Kind.MONEY, 20),
    Column(N_("担保费（元）"), Kind.MONEY, 18),
    Column(N_("生效日"), Kind.DATE),
    Column(N_("保证期间至"), Kind.DATE),
    Column(N_("状态")),
)

Reader = Annotated[Desk, allow(*READERS)]
Guarantor = Annotated[Desk, allow(Role.GUARANTEE_OFFICER)]
Approver = Annotated[Desk, allow(Role.GUARANTEE_APPROVER)]
LoanOfficer = Annotated[Desk, allow(Role.LOAN_OFFICER)]


class StampForm(BaseModel):
    """The version that was read."""

    stamp: int
    confirmed: bool = False


class ReasonForm(StampForm):
    """A reason for saying no."""

    reason: Text


class RecoveryForm(BaseModel):
    """What came back after compensation."""

    amount: Yuan
    costs: Annotated[Note, Field(max_length=20)] = ""
    bank_ref: Annotated[Text, Field(max_length=64)]


@router.get("/guarantees")
def guarantees(
    desk: Reader, stage: str = "", q: str = "", sort: str = "-number", page: listing.PageNumber = 1
) -> Response:
    """Capacity against its limits, and one page of guarantees."""
    chosen = listing.one_of(GuaranteeStage, stage)
    rows, total = guarantee_rows(
        desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.PAGE, offset=listing.offset(page)
    )
    return desk.show(
        "guarantees/list.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        stage=chosen or "",
        q=q,
        sort=sort,
        counts=stage_counts(desk.session),
        capacity=guarantee.capacity(desk.session, desk.on),
    )


@router.get("/guarantees.xlsx")
def workbook(desk: Reader, stage: str = "", q: str = "", sort: str = "-number") -> Response:
    """The same list, whole, as an Excel file."""
    chosen = listing.one_of(GuaranteeStage, stage)
    rows, _ = guarantee_rows(desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.EXPORT_LIMIT)
    lines = (
        (
            row.number,
            row.loan_number,
            row.firm,
            row.amount,
            row.in_force,
            row.fee,
            row.in_force_on,
            row.ends_on,
            row.stage,
        )
        for row in rows
    )
    return listing.export(
        desk, name=N_("担保台账"), columns=COLUMNS, rows=lines, conditions=[(N_("状态"), chosen), (N_("搜索"), q)]
    )


@router.get("/guarantees/{number}")
def one(number: str, desk: Reader) -> Response:
    """One guarantee with its claims, and what this person may do."""
    row = guarantee_by_number(desk.session, number)
    loan = desk.session.get(Loan, row.loan_id) if row.loan_id else None
    found = desk.session.exec(select(Claim).where(Claim.guarantee_id == row.key)).all()
    return desk.show(
        "guarantees/guarantee.html",
        guarantee=row,
        loan=loan,
        claims=found,
        open_now={move.verb for move in moves.open_moves(desk.session, GUARANTEE, row, by=desk.actor)},
        may_claim=bool(desk.actor.holds(Role.LOAN_OFFICER) and loan and loan.stage.owed and not claims_open(found)),
    )


def claims_open(found: Sequence[Claim]) -> bool:
    """Whether a claim is under way."""
    return any(one.stage in (ClaimStage.FILED, ClaimStage.ACCEPTED) for one in found)


@router.post("/guarantees/{number}/propose")
def propose(number: str, form: Annotated[StampForm, Form()], desk: Guarantor) -> Response:
    """Put the promised guarantee up; another person puts it in force."""
    row = guarantee_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    guarantee.propose(desk.session, guarantee=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("担保 %(number)s 已拟定，等待审批生效"), number=number)
    return desk.go(f"/guarantees/{number}")


@router.post("/guarantees/{number}/in-force")
def in_force(number: str, form: Annotated[StampForm, Form()], desk: Approver) -> Response:
    """Put in force what another person put up; the fee is received."""
    row = guarantee_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    guarantee.put_in_force(desk.session, guarantee=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("担保 %(number)s 已生效，收取担保费 %(fee)s"), number=number, fee=row.fee)
    return desk.go(f"/guarantees/{number}")


@router.get("/claims")
def claim_list(
    desk: Reader, stage: str = "", q: str = "", sort: str = "-number", page: listing.PageNumber = 1
) -> Response:
    """Claims under guarantees, with the day by which they must be paid."""
    chosen = listing.one_of(ClaimStage, stage)
    rows, total = claim_rows(
        desk.session, stage=chosen, text=q[:80], sort=sort, limit=listing.PAGE, offset=listing.offset(page)
    )
    return desk.show(
        "guarantees/claims.html",
        block="list",
        rows=rows,
        total=total,
        number=page,
        stage=chosen or "",
        q=q,
        sort=sort,
        stages=list(ClaimStage),
    )


@router.get("/claims/{number}")
def claim(number: str, desk: Reader) -> Response:
    """One claim: how the amount came about, where it stands."""
    row = claim_by_number(desk.session, number)
    return desk.show(
        "guarantees/claim.html",
        claim=row,
        loan=desk.session.get_one(Loan, row.loan_id),
        open_now={move.verb for move in moves.open_moves(desk.session, CLAIM, row, by=desk.actor)},
        may_recover=row.stage is ClaimStage.PAID and desk.actor.holds(Role.GUARANTEE_OFFICER),
    )


@router.post("/loans/{number}/claim")
def file_claim(number: str, desk: LoanOfficer) -> Response:
    """Claim under the guarantee of a loan in default."""
    loan = loan_by_number(desk.session, number)
    made = claims.file_claim(desk.session, loan=loan, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("代偿申请 %(number)s 已提交，金额 %(amount)s"), number=made.number, amount=made.payout)
    return desk.go(f"/claims/{made.number}")


@router.post("/claims/{number}/accept")
def accept(number: str, form: Annotated[StampForm, Form()], desk: Guarantor) -> Response:
    """Accept a claim: the debt is the guarantor's from now on."""
    row = claim_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    claims.accept(desk.session, claim=row, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("代偿申请 %(number)s 已受理"), number=number)
    return desk.go(f"/claims/{number}")


@router.post("/claims/{number}/refuse")
def refuse(number: str, form: Annotated[ReasonForm, Form()], desk: Guarantor) -> Response:
    """Turn a claim down, with a reason."""
    row = claim_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    claims.refuse(desk.session, claim=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("代偿申请 %(number)s 已退回"), number=number)
    return desk.go(f"/claims/{number}")


@router.post("/claims/{number}/pay")
def pay(number: str, form: Annotated[StampForm, Form()], desk: Approver) -> Response:
    """Pay what another person accepted."""
    row = claim_by_number(desk.session, number)
    desk.fresh(row, form.stamp)
    claims.pay(desk.session, claim=row, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认代偿支付"),
            facts=[(N_("代偿编号"), row.number), (N_("最迟支付日"), row.pay_by)],
            amount=row.payout,
            warning=N_("支付后不能撤销。"),
            submit=N_("支付"),
        )
    desk.say(N_("已支付代偿款 %(amount)s"), amount=row.payout)
    return desk.go(f"/claims/{number}")


@router.post("/claims/{number}/recover")
def recover(number: str, form: Annotated[RecoveryForm, Form()], desk: Guarantor) -> Response:
    """Record what was recovered: costs first, the rest shared by the losses borne (GUA-15)."""
    row = claim_by_number(desk.session, number)
    recovering.recover(
        desk.session,
        claim=row,
        amount=form.amount,
        costs=yuan_or(form.costs, "costs", ZERO),
        bank_ref=form.bank_ref,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记追偿收回 %(amount)s"), amount=form.amount)
    return desk.go(f"/claims/{number}")
