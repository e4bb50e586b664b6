"""A synthetic district of a few hundred applications over several years, played through the workflows (合成数据)."""

from __future__ import annotations

from datetime import date, timedelta

from models.application import Application
from models.disposal import Strategy
from models.facility import Facility
from models.lending.ageing import FiveClass
from models.loan import Loan
from models.queries.guarantees import guarantee_of_loan
from models.refusals import Refusal
from models.roles import Role
from models.states.loan import LoanStage
from models.values.money import Money
from talentbank.demo.opening_balance import draw_for
from talentbank.demo.papers import file_opinion
from talentbank.demo.profiles import Case
from talentbank.demo.repaying import pays
from talentbank.demo.stage import Story
from talentbank.demo.steps import Play
from workflows import applying, claims, decision, disposal

USES = ("新产品中试", "研发设备采购", "关键原材料采购", "流片与样机试制", "研发人员与场地", "临床前研究", "订单备货")
PAPERS_SINCE_DAYS = 45
"""Opinions of the last weeks are filed as PDF at once; older ones are rendered when somebody asks for them."""


def district_case(play: Play, facility: Facility, case: Case, number: int, last: date) -> Story:
    """One case: from the counter to the last instalment, or to wherever it got by the last day."""
    talent, firm, rights = play.register(case)
    application = play.apply(case, talent, firm, USES[number % len(USES)])
    yield play.on + timedelta(days=2 + number % 4)
    if case.fate == "returned" and number % 2:
        applying.send_back(
            play.session,
            application=application,
            reason="请补充上一年度审计报告（合成数据）",
            **play.by(Role.LOAN_OFFICER),
        )
        yield play.on + timedelta(days=6)
        applying.submit(play.session, application=application, **play.by(Role.LOAN_OFFICER))
        yield play.on + timedelta(days=2)
    play.look_into(application)
    yield play.on + timedelta(days=3 + number % 5)
    if case.fate == "withdraws":
        applying.withdraw(
            play.session, application=application, reason="已获其他渠道融资（合成数据）", **play.by(Role.LOAN_OFFICER)
        )
        return
    panel = play.seat(application)
    for seat in play.seats(panel):
        yield play.on + timedelta(days=1)
        play.mark(seat, case.quality, (seat.key % 5) * 2 - 4)
    yield play.on + timedelta(days=2)
    opinion = play.conclude(application, case.quality)
    if (last - play.on).days <= PAPERS_SINCE_DAYS:
        file_opinion(play, opinion)
    yield play.on + timedelta(days=3 + number % 3)
    if not _approved(play, application, case):
        return
    yield play.on + timedelta(days=6 + number % 9)
    loan = play.contract(application, rights[:1])
    yield play.on + timedelta(days=1)
    draw_for(play, facility, loan.amount)
    play.pay_out(loan, "合成供应商有限公司")
    yield from _life(play, loan, case)


def _approved(play: Play, application: Application, case: Case) -> bool:
    if case.quality < 68:
        decision.reject(
            play.session,
            application=application,
            reason="评审意见不支持，产品进度与市场依据不足（合成数据）",
            **play.by(Role.CREDIT_COMMITTEE),
        )
        return False
    try:
        with play.session.begin_nested():
            play.decide(application)
    except Refusal:
        decision.defer(
            play.session,
            application=application,
            reason="本期额度不足，待补充后复议（合成数据）",
            **play.by(Role.CREDIT_COMMITTEE),
        )
        return False
    return True


def _life(play: Play, loan: Loan, case: Case) -> Story:
    late = case.lateness if case.fate == "late" else (0,)
    stops = 2 + len(case.firm) % 3 if case.fate == "defaults" else 10_000
    yield from pays(play, loan, lambda turn: late[turn % len(late)], stops_after=stops)
    if loan.stage.owed and case.fate == "defaults":
        yield from _goes_bad(play, loan)


def _goes_bad(play: Play, loan: Loan) -> Story:
    while loan.stage is LoanStage.ACTIVE:
        yield play.on + timedelta(days=9)
    if loan.stage is not LoanStage.DEFAULTED:
        return
    yield play.on + timedelta(days=10)
    if guarantee_of_loan(play.session, loan) is not None:
        claim = claims.file_claim(play.session, loan=loan, **play.by(Role.LOAN_OFFICER))
        yield play.on + timedelta(days=5)
        claims.accept(play.session, claim=claim, **play.by(Role.GUARANTEE_OFFICER))
        yield play.on + timedelta(days=8)
        claims.pay(play.session, claim=claim, **play.by(Role.GUARANTEE_APPROVER))
    while loan.five_class in (FiveClass.NORMAL, FiveClass.SPECIAL_MENTION):
        yield play.on + timedelta(days=15)
    yield play.on + timedelta(days=40)
    if loan.key % 2 or not loan.outstanding:
        return
    case = disposal.propose(
        play.session,
        loan=loan,
        price=loan.outstanding.times(55, 100),
        guarantor_price=Money(0),
        strategy=Strategy.COLLECT,
        **play.by(Role.ASSET_MANAGER),
    )
    yield play.on + timedelta(days=12)
    disposal.approve(play.session, case=case, **play.by(Role.CREDIT_COMMITTEE))
    yield play.on + timedelta(days=5)
    disposal.hand_over(play.session, case=case, **play.by(Role.ASSET_MANAGER))
