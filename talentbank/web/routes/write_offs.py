"""A bad loan written off by the credit reviewer, and what comes in on it afterwards (账销案存)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from starlette.responses import Response

from models.firm import Firm
from models.queries.guarantees import guarantee_of_loan
from models.queries.loans import loan_by_number, receipts_of
from models.roles import Role
from models.states.aftercare import GuaranteeStage
from models.states.loan import LOAN, LoanStage
from models.values.money import total
from talentbank import figures
from talentbank.i18n import N_
from talentbank.web import confirming, views_parties
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Text, Yuan
from workflows import bad_loan, disposal, moves

router = APIRouter()

RECOVERY = "recovery"
READERS = (Role.CREDIT_REVIEWER, Role.LOAN_OFFICER, Role.CREDIT_COMMITTEE, Role.ASSET_MANAGER, Role.AUDITOR)

Reader = Annotated[Desk, allow(*READERS)]
Reviewer = Annotated[Desk, allow(Role.CREDIT_REVIEWER)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]


class WriteOffForm(BaseModel):
    """Why a loan is given up in the books."""

    stamp: int
    reason: Text
    confirmed: bool = False


class RecoveryForm(BaseModel):
    """What came in on a loan that was written off."""

    amount: Yuan
    bank_ref: Annotated[Text, Field(max_length=64)]


@router.get("/loans/{number}/write-off")
def write_off_page(number: str, desk: Reader) -> Response:
    """What is owed, how the loss is met, and what came in after the write-off."""
    loan = loan_by_number(desk.session, number)
    firm = desk.session.get_one(Firm, loan.firm_id)
    claim = cover = None
    if loan.stage is LoanStage.DEFAULTED:
        claim = bad_loan.bank_claim(desk.session, loan)
        cover = bad_loan.cover_of(desk.session, loan, claim.in_books, on=desk.on)
    guarantee = guarantee_of_loan(desk.session, loan)
    recovered = [one for one, _ in receipts_of(desk.session, loan) if one.kind == RECOVERY]
    return desk.show(
        "disposals/write_off.html",
        loan=loan,
        firm=firm,
        invented=views_parties.invented(firm),
        claim=claim,
        cover=cover,
        standing=guarantee
        if guarantee and guarantee.stage in (GuaranteeStage.IN_FORCE, GuaranteeStage.CALLED)
        else None,
        recovered=recovered,
        recovered_sum=total(one.amount for one in recovered),
        may_write_off="write_off" in {m.verb for m in moves.open_moves(desk.session, LOAN, loan, by=desk.actor)},
        may_recover=loan.stage is LoanStage.WRITTEN_OFF and desk.actor.holds(Role.LOAN_OFFICER),
    )


@router.post("/loans/{number}/write-off")
def write_off(number: str, form: Annotated[WriteOffForm, Form()], desk: Reviewer) -> Response:
    """Take the loan out of the books; asked once more before it stands."""
    loan = loan_by_number(desk.session, number)
    desk.fresh(loan, form.stamp)
    owed = bad_loan.bank_claim(desk.session, loan)
    cover = bad_loan.cover_of(desk.session, loan, owed.in_books, on=desk.on)
    disposal.write_off(desk.session, loan=loan, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        facts: list[tuple[str, Any]] = [
            (N_("贷款编号"), number),
            (N_("动用减值准备"), figures.full(cover.allowance, desk.lang)),
            (N_("计入当年损失"), figures.full(cover.loss, desk.lang)),
        ]
        return confirming.ask(
            desk,
            title=N_("确认核销"),
            facts=facts,
            amount=owed.in_books,
            warning=N_("核销后贷款移出账簿，对借款人的债权仍然保留。此步骤不能撤销。"),
            submit=N_("核销"),
        )
    desk.say(N_("贷款 %(number)s 已核销 %(amount)s"), number=number, amount=owed.in_books)
    return desk.go(f"/loans/{number}")


@router.post("/loans/{number}/recoveries")
def recover(number: str, form: Annotated[RecoveryForm, Form()], desk: Officer) -> Response:
    """Take in what came back after the write-off: all of it is recovery income."""
    loan = loan_by_number(desk.session, number)
    taken = disposal.recover_written_off(
        desk.session,
        loan=loan,
        amount=form.amount,
        bank_ref=form.bank_ref,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("已登记核销后收回 %(amount)s"), amount=taken.amount)
    return desk.go(f"/loans/{number}/write-off")
