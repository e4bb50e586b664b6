"""Contracts: drawn up by the officer, signed by the reviewer; conditions, pledges, pay-outs asked for and made."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form
from pydantic import BaseModel, Field
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar
from starlette.responses import Response

from models.application import Application
from models.decision import Condition, Decision
from models.firm import Firm
from models.guarantee import Guarantee
from models.intellectual_property import IPAsset, Pledge
from models.lending.repricing import Repricing
from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod
from models.loan import Contract, Loan, PayOut
from models.refusals import BadInput, NotThere
from models.roles import Role
from models.states.loan import CONTRACT, PAY_OUT, ContractStage, LoanStage, PayOutStage
from models.values.dates import read_date
from models.values.money import Money
from talentbank.i18n import N_, sentence
from talentbank.web import access, confirming, views_loans
from talentbank.web.desk import Desk, allow
from talentbank.web.fields import Day, Note, Text, Wan, Yuan
from talentbank.web.navigation import BUSINESS, Item
from workflows import contracting, disbursement, moves, pledging, renewing
from workflows.contracting import guarantee_for

router = APIRouter()

READERS = (*access.FILE_READERS, Role.FUND_MANAGER, Role.FUND_APPROVER, Role.TREASURER)
NAVIGATION = (Item(BUSINESS, "/contracts", "writing", N_("合同与放款"), frozenset(READERS), place=35),)
FIELD_LABELS = {
    "start_on": N_("起始日"),
    "settle_freq": N_("结息频率"),
    "plan": N_("还本计划"),
    "repricing": N_("利率重定价"),
    "proof": N_("证明"),
    "asset": N_("知识产权"),
    "secured": N_("担保金额"),
    "registration_number": N_("质押登记号"),
    "registered_on": N_("登记日期"),
    "payee": N_("收款人"),
    "milestone": N_("里程碑"),
}
SHOWN = 50

Reader = Annotated[Desk, allow(*READERS)]
Officer = Annotated[Desk, allow(Role.LOAN_OFFICER)]
Reviewer = Annotated[Desk, allow(Role.CREDIT_REVIEWER)]
Canceller = Annotated[Desk, allow(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)]
Disburser = Annotated[Desk, allow(Role.DISBURSER)]


class DrawUpForm(BaseModel):
    """A contract on the decision's terms."""

    application: Text
    start_on: Day
    settle_freq: Literal["", "month", "quarter"] = ""
    repricing: Literal["", "fixed", "jan1", "anniversary"] = ""
    plan: Note = ""


class ProofForm(BaseModel):
    """The proof of a condition."""

    condition: int
    proof: Annotated[Text, Field(max_length=200)]


class PledgeForm(BaseModel):
    """A right that secures the contract."""

    asset: int
    secured: Wan


class RegisterForm(BaseModel):
    """The register's answer to a pledge."""

    pledge: int
    registration_number: Annotated[Text, Field(max_length=20)]
    registered_on: Day


class PayOutForm(BaseModel):
    """Money asked for under a contract."""

    amount: Yuan
    payee: Annotated[Text, Field(max_length=160)]
    milestone: Annotated[Note, Field(max_length=200)] = ""


class PaidForm(BaseModel):
    """The bank's reference of a payment that was made."""

    pay_out: int
    bank_ref: Annotated[Text, Field(max_length=64)]
    confirmed: bool = False


class RefuseForm(BaseModel):
    """Why a pay-out is not made."""

    pay_out: int
    reason: Text


class SignForm(BaseModel):
    """The version of the contract that was read."""

    stamp: int
    confirmed: bool = False


class CancelForm(BaseModel):
    """Why a contract is given up."""

    stamp: int
    reason: Text


def contract_of(desk: Desk, number: str) -> Contract:
    """The contract of a number. Refuses with NotThere."""
    found = desk.session.exec(select(Contract).where(Contract.number == number)).first()
    if found is None:
        raise NotThere(what=number)
    return found


@router.get("/contracts")
def contracts(desk: Reader) -> Response:
    """What waits here: approvals without a contract, contracts to be signed, pay-outs to be made."""
    unsigned = _with_firms(desk, select(Contract).where(Contract.stage == ContractStage.DRAWN_UP))
    asked = desk.session.exec(
        select(PayOut, Loan, Firm)
        .join(Loan, col(Loan.id) == col(PayOut.loan_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(PayOut.stage == PayOutStage.REQUESTED)
        .order_by(col(PayOut.id))
        .limit(SHOWN)
    ).all()
    undrawn = desk.session.exec(
        select(Loan, Contract, Firm)
        .join(Contract, col(Contract.id) == col(Loan.contract_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(Loan.stage == LoanStage.UNDRAWN)
        .order_by(col(Loan.id).desc())
        .limit(SHOWN)
    ).all()
    approved = desk.session.exec(
        select(Application, Decision)
        .join(Decision, col(Decision.application_id) == col(Application.id))
        .where(Application.stage == "decided", col(Decision.loan_number).is_not(None))
        .order_by(col(Decision.id).desc())
        .limit(SHOWN)
    ).all()
    signed = _with_firms(desk, select(Contract).where(Contract.stage != ContractStage.DRAWN_UP))
    return desk.show(
        "contracts/list.html",
        unsigned=unsigned,
        asked=asked,
        undrawn=undrawn,
        approved=[
            (a, d, desk.session.get(Firm, a.firm_id) if a.firm_id else None, _stop(desk, a)) for a, d in approved
        ],
        signed=signed,
    )


def _stop(desk: Desk, row: Application) -> str:
    """What keeps the contract from being drawn up today, in the language of the page; empty if nothing does."""
    stop = contracting.stop_of(desk.session, row, desk.on)
    return "" if stop is None else sentence(stop, desk.lang)


def _with_firms(desk: Desk, query: SelectOfScalar[Contract]) -> list[tuple[Contract, Firm]]:
    rows = desk.session.exec(query.order_by(col(Contract.id).desc()).limit(SHOWN)).all()
    return [(row, desk.session.get_one(Firm, row.firm_id)) for row in rows]


@router.get("/contracts/new")
def new_contract(desk: Officer, application: str) -> Response:
    """The form for a contract on an approval."""
    row = access.application(desk, application)
    decision, firm = contracting.grounds(desk.session, row, desk.on)
    return desk.show(
        "contracts/new.html",
        application=row,
        decision=decision,
        firm=firm,
        frequencies=list(Frequency),
        repricings=list(Repricing),
        free_form=decision.method is RepaymentMethod.FREE_FORM,
    )


@router.post("/contracts")
def draw_up(form: Annotated[DrawUpForm, Form()], desk: Officer) -> Response:
    """Draw the contract up; somebody else signs it."""
    row = access.application(desk, form.application)
    made = contracting.draw_up(
        desk.session,
        application=row,
        start_on=form.start_on,
        plan=_plan(form.plan),
        settle_freq=Frequency(form.settle_freq) if form.settle_freq else None,
        repricing=Repricing(form.repricing) if form.repricing else None,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("合同 %(number)s 已拟定，等待复核签订"), number=made.number)
    return desk.go(f"/contracts/{made.number}")


def _plan(text: str) -> list[PlannedPrincipal]:
    """One line a date and an amount in yuan: `2027-03-20 500000`."""
    plan = []
    for number, line in enumerate((one for one in text.splitlines() if one.strip()), start=1):
        try:
            day, amount = line.replace("，", " ").replace("\t", " ").split(maxsplit=1)
            plan.append(PlannedPrincipal(read_date(day), Money.yuan(amount).fen))
        except ValueError:  # DateNotUnderstood and AmountNotUnderstood too
            raise BadInput(field="plan", reason=N_("请按“日期 金额（元）”每行一笔填写"), line=number) from None
    return plan


@router.get("/contracts/{number}")
def contract(number: str, desk: Reader) -> Response:
    """One contract: terms, conditions, guarantee, pledges, pay-outs, and what this person may do."""
    row = contract_of(desk, number)
    decision = desk.session.get_one(Decision, row.decision_id)
    application = desk.session.get_one(Application, row.application_id)
    loan = desk.session.exec(select(Loan).where(Loan.contract_id == row.key)).first()
    cover: Guarantee | None = guarantee_for(desk.session, loan.number if loan else decision.loan_number or "")
    officer = desk.actor.holds(Role.LOAN_OFFICER)
    pledges = desk.session.exec(
        select(Pledge, IPAsset)
        .join(IPAsset, col(IPAsset.id) == col(Pledge.asset_id))
        .where(Pledge.contract_id == row.key)
        .order_by(col(Pledge.id))
    ).all()
    conditions = desk.session.exec(
        select(Condition).where(Condition.decision_id == decision.key).order_by(col(Condition.id))
    ).all()
    rights = desk.session.exec(select(IPAsset).where(IPAsset.talent_id == application.talent_id)).all()
    bound = {asset.id for _, asset in pledges}
    return desk.show(
        "contracts/contract.html",
        contract=row,
        decision=decision,
        application=application,
        firm=desk.session.get_one(Firm, row.firm_id),
        loan=loan,
        guarantee=cover,
        margin_bp=contracting.margin_bp(row),
        conditions=[(one, views_loans.person(desk.session, one.met_by)) for one in conditions],
        pledges=pledges,
        rights=[one for one in rights if one.id not in bound],
        pay_outs=views_loans.pay_outs(desk.session, loan) if loan else [],
        undrawn=disbursement.undrawn(loan) if loan else row.amount,
        open_now={move.verb for move in moves.open_moves(desk.session, CONTRACT, row, by=desk.actor)},
        may_prove=officer,
        may_pledge=officer and row.stage in (ContractStage.DRAWN_UP, ContractStage.SIGNED),
        may_ask=bool(officer and loan and loan.stage in (LoanStage.UNDRAWN, LoanStage.ACTIVE)),
        may_pay={
            one.id
            for one in (views_loans.pay_outs(desk.session, loan) if loan else [])
            if any(move.verb == "pay" for move in moves.open_moves(desk.session, PAY_OUT, one, by=desk.actor))
        },
    )


@router.post("/contracts/{number}/sign")
def sign(number: str, form: Annotated[SignForm, Form()], desk: Reviewer) -> Response:
    """Sign what another person drew up."""
    row = contract_of(desk, number)
    desk.fresh(row, form.stamp)
    signing = renewing.sign_renewal if row.renews_contract_id else contracting.sign
    loan = signing(desk.session, contract=row, by=desk.actor, on=desk.on, at=desk.now)
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认签订合同"),
            facts=[(N_("合同"), row.number), (N_("年利率"), row.rate), (N_("到期日"), row.end_on)],
            amount=row.amount,
            warning=N_("签订后合同不能修改。"),
            submit=N_("签订"),
        )
    desk.say(N_("合同 %(number)s 已签订，贷款账户 %(loan)s 已开立"), number=row.number, loan=loan.number)
    return desk.go(f"/contracts/{number}")


@router.post("/contracts/{number}/cancel")
def cancel(number: str, form: Annotated[CancelForm, Form()], desk: Canceller) -> Response:
    """Give up a contract that was not signed."""
    row = contract_of(desk, number)
    desk.fresh(row, form.stamp)
    contracting.cancel_contract(desk.session, contract=row, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("合同 %(number)s 已作废"), number=number)
    return desk.go("/contracts")


@router.post("/contracts/{number}/conditions")
def meet(number: str, form: Annotated[ProofForm, Form()], desk: Officer) -> Response:
    """Prove a condition precedent."""
    row = contract_of(desk, number)
    condition = desk.session.get(Condition, form.condition)
    if condition is None or condition.decision_id != row.decision_id:
        raise NotThere(what=str(form.condition))
    contracting.meet_condition(
        desk.session, condition=condition, proof=form.proof, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("放款条件已落实"))
    return desk.go(f"/contracts/{number}")


@router.post("/contracts/{number}/pledges")
def pledge(number: str, form: Annotated[PledgeForm, Form()], desk: Officer) -> Response:
    """Agree a pledge; it secures nothing before it is registered (IP-01)."""
    row = contract_of(desk, number)
    asset = desk.session.get(IPAsset, form.asset)
    if asset is None:
        raise NotThere(what=str(form.asset))
    pledging.pledge(
        desk.session, contract=row, asset=asset, secured=form.secured, by=desk.actor, on=desk.on, at=desk.now
    )
    desk.say(N_("已约定质押，请办理登记"))
    return desk.go(f"/contracts/{number}")


@router.post("/contracts/{number}/registration")
def register(number: str, form: Annotated[RegisterForm, Form()], desk: Officer) -> Response:
    """Enter the registration of a pledge."""
    row = contract_of(desk, number)
    bound = desk.session.get(Pledge, form.pledge)
    if bound is None or bound.contract_id != row.key:
        raise NotThere(what=str(form.pledge))
    pledging.register_pledge(
        desk.session,
        pledge=bound,
        registration_number=form.registration_number,
        registered_on=form.registered_on,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("质押登记已录入"))
    return desk.go(f"/contracts/{number}")


@router.post("/contracts/{number}/pay-outs")
def request_pay_out(number: str, form: Annotated[PayOutForm, Form()], desk: Officer) -> Response:
    """Ask for money; the disburser makes the payment."""
    loan = _loan(desk, contract_of(desk, number))
    asked = disbursement.request_pay_out(
        desk.session,
        loan=loan,
        amount=form.amount,
        payee=form.payee,
        milestone=form.milestone,
        by=desk.actor,
        on=desk.on,
        at=desk.now,
    )
    desk.say(N_("放款申请 %(number)s 已提交，等待放款岗办理"), number=asked.number)
    return desk.go(f"/contracts/{number}")


@router.post("/contracts/{number}/paid")
def pay_out(number: str, form: Annotated[PaidForm, Form()], desk: Disburser) -> Response:
    """Make a payment that another person asked for."""
    row = contract_of(desk, number)
    asked = _asked(desk, _loan(desk, row), form.pay_out)
    paid = disbursement.pay_out(
        desk.session, pay_out=asked, bank_ref=form.bank_ref, by=desk.actor, on=desk.on, at=desk.now
    )
    if not form.confirmed:
        return confirming.ask(
            desk,
            title=N_("确认放款"),
            facts=[(N_("收款人"), paid.payee), (N_("银行流水号"), form.bank_ref), (N_("业务日期"), desk.on)],
            amount=paid.amount,
            warning=N_("放款后立即起息，不能撤销。"),
            submit=N_("放款"),
        )
    desk.say(N_("已放款 %(amount)s"), amount=paid.amount)
    return desk.go(f"/contracts/{number}")


@router.post("/contracts/{number}/refused")
def refuse(number: str, form: Annotated[RefuseForm, Form()], desk: Disburser) -> Response:
    """Turn a pay-out down, with a reason."""
    row = contract_of(desk, number)
    asked = _asked(desk, _loan(desk, row), form.pay_out)
    disbursement.refuse_pay_out(desk.session, pay_out=asked, reason=form.reason, by=desk.actor, on=desk.on, at=desk.now)
    desk.say(N_("放款申请已退回"))
    return desk.go(f"/contracts/{number}")


def _loan(desk: Desk, row: Contract) -> Loan:
    loan = desk.session.exec(select(Loan).where(Loan.contract_id == row.key)).first()
    if loan is None:
        raise NotThere(what=row.number)
    return loan


def _asked(desk: Desk, loan: Loan, pay_out_id: int) -> PayOut:
    asked = desk.session.get(PayOut, pay_out_id)
    if asked is None or asked.loan_id != loan.key:
        raise NotThere(what=str(pay_out_id))
    return asked
