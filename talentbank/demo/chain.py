"""One illustrative loan through the whole chain: bridge, default, guarantee call, disposal, conversion, award turned
capital, follow-on, exit. Firm, founder and every figure are invented (示例)."""

from __future__ import annotations

from collections.abc import Generator
from datetime import date, timedelta

from models.application import Product
from models.bridge import Bridge
from models.disposal import DisposalCase, Strategy
from models.equity import ExitKind
from models.facility import Facility
from models.firm import Firm, Industry
from models.lending.terms import RepaymentMethod
from models.loan import Loan
from models.queries.owed import owed
from models.roles import Role
from models.states.loan import LoanStage
from models.talent import Level
from models.values.money import Money
from models.values.rate import Rate
from talentbank.demo.opening_balance import draw_for
from talentbank.demo.papers import file_opinion
from talentbank.demo.repaying import pays, take
from talentbank.demo.stage import Story
from talentbank.demo.steps import Play
from talentbank.demo.story import pilot_case
from workflows import bridging, claims, collecting, disposal, equity, renewing

AMOUNT = Money.yuan(4_000_000)
BRIDGED = Money.yuan(3_800_000)
OWN_FUNDS = AMOUNT - BRIDGED


def chain_loan(play: Play, facility: Facility) -> Story:
    """From the application to the exit."""
    case = pilot_case(
        "顾远舟（示例）",
        "宁波远舟示例智能装备有限公司",
        Product.WORKING_CAPITAL,
        AMOUNT,
        12,
        RepaymentMethod.INTEREST_FIRST,
        industry=Industry.EQUIPMENT,
        level=Level.CITY,
        applied_on=date(2013, 1, 14),
        quality=80,
    )
    talent, firm, rights = play.register(case)
    application = play.apply(case, talent, firm, "采购关键零部件（示例）")
    yield date(2013, 1, 18)
    play.look_into(application)
    yield date(2013, 1, 22)
    panel = play.seat(application)
    yield date(2013, 1, 29)
    play.score_all(panel, case.quality)
    yield date(2013, 1, 30)
    file_opinion(play, play.conclude(application, case.quality))
    yield date(2013, 2, 4)
    play.decide(application, amount=AMOUNT)
    yield date(2013, 3, 1)
    loan = play.contract(application, rights)
    draw_for(play, facility, AMOUNT)
    play.pay_out(loan, "示例零部件有限公司")
    yield from pays(play, loan, stops_after=4)
    renewed = yield from bridged(play, loan)
    yield from pays(play, renewed, stops_after=2)
    yield from called(play, renewed)
    case_row = yield from handed_over(play, renewed)
    yield from converted(play, case_row, firm)
    yield from grown(play, firm)


def bridged(play: Play, loan: Loan) -> Generator[date, None, Loan]:
    """The loan matures: own funds come in, the fund bridges the rest, the bank renews, the money goes back."""
    yield date(2014, 2, 20)
    officer = play.by(Role.LOAN_OFFICER)
    contract = renewing.draw_up_renewal(
        play.session, loan=loan, amount=AMOUNT, term_months=12, start_on=date(2014, 3, 5), **officer
    )
    yield date(2014, 2, 24)
    bridge: Bridge = bridging.apply(
        play.session,
        loan=loan,
        renewal_contract=contract,
        amount=BRIDGED,
        own_funds=OWN_FUNDS,
        promise="续贷承诺函（示例）",
        why_not_renewed_directly="企业本期财务指标未达到无还本续贷条件（示例）",
        **play.by(Role.FUND_MANAGER),
    )
    yield date(2014, 2, 25)
    bridging.approve(play.session, bridge=bridge, **play.by(Role.FUND_APPROVER))
    renewed = renewing.sign_renewal(play.session, contract=contract, **play.by(Role.CREDIT_REVIEWER))
    play.guarantee_renewed(renewed)
    yield date(2014, 3, 3)
    due = owed(play.session, loan, play.on).due_now
    interest = due - loan.outstanding
    take(play, loan, OWN_FUNDS + interest)
    bridging.pay(play.session, bridge=bridge, bank_ref=play.reference("BRG"), **play.by(Role.FUND_MANAGER))
    yield date(2014, 3, 5)
    bridging.settle(play.session, bridge=bridge, bank_ref=play.reference("BRG"), **play.by(Role.FUND_MANAGER))
    return renewed


def called(play: Play, loan: Loan) -> Story:
    """Payments stop; after the waiting days the guarantee is called and paid."""
    while loan.stage is not LoanStage.DEFAULTED:
        yield play.on + timedelta(days=7)
    yield play.on + timedelta(days=7)
    claim = claims.file_claim(play.session, loan=loan, **play.by(Role.LOAN_OFFICER))
    yield play.on + timedelta(days=4)
    claims.accept(play.session, claim=claim, **play.by(Role.GUARANTEE_OFFICER))
    yield play.on + timedelta(days=9)
    claims.pay(play.session, claim=claim, **play.by(Role.GUARANTEE_APPROVER))


def handed_over(play: Play, loan: Loan) -> Generator[date, None, DisposalCase]:
    """Bank and guarantor sell their claims to the asset manager at recorded prices."""
    while not loan.five_class.non_performing:
        yield play.on + timedelta(days=7)
    yield play.on + timedelta(days=30)
    case: DisposalCase = disposal.propose(
        play.session,
        loan=loan,
        price=loan.outstanding.times(7, 10),
        guarantor_price=BRIDGED.times(56, 100),
        strategy=Strategy.CONVERT,
        **play.by(Role.ASSET_MANAGER),
    )
    yield play.on + timedelta(days=10)
    disposal.approve(play.session, case=case, **play.by(Role.CREDIT_COMMITTEE))
    yield play.on + timedelta(days=6)
    disposal.hand_over(play.session, case=case, **play.by(Role.ASSET_MANAGER))
    yield play.on + timedelta(days=45)
    collecting.collect(
        play.session,
        case=case,
        amount=Money.yuan(260_000),
        costs=Money.yuan(12_000),
        source="应收账款回款（示例）",
        bank_ref=play.reference("COL"),
        **play.by(Role.ASSET_MANAGER),
    )
    return case


def converted(play: Play, case: DisposalCase, firm: Firm) -> Story:
    """What the asset manager still holds becomes a share of the firm in the venture company's hands."""
    yield play.on + timedelta(days=50)
    conversion = equity.propose_conversion(
        play.session,
        case=case,
        value=case.cost.times(11, 10),
        pre_money=Money.wan(4_800),
        appraiser="示例资产评估有限公司",
        appraised_on=play.on - timedelta(days=20),
        appraisal_method="收益法",
        resolution="股东会决议（示例）",
        votes=Rate.of("0.90"),
        **play.by(Role.VENTURE_MANAGER),
    )
    yield play.on + timedelta(days=12)
    equity.approve_conversion(play.session, conversion=conversion, **play.by(Role.VENTURE_APPROVER))
    yield play.on + timedelta(days=20)
    equity.convert(play.session, conversion=conversion, **play.by(Role.VENTURE_APPROVER))


def grown(play: Play, firm: Firm) -> Story:
    """An award turned into capital, a round followed, a holding valued, a dividend, the exit."""
    yield play.on + timedelta(days=60)
    award = equity.propose_award(
        play.session,
        firm=firm,
        title="首台套产品奖励（示例）",
        amount=Money.yuan(1_000_000),
        basis="示例政策文件",
        **play.by(Role.FINANCE_BUREAU),
    )
    yield play.on + timedelta(days=10)
    equity.approve_award(play.session, award=award, **play.by(Role.BUREAU_APPROVER))
    yield play.on + timedelta(days=15)
    equity.capitalise_award(
        play.session,
        award=award,
        pre_money=Money.wan(6_000),
        resolution="股东会决议（示例）",
        **play.by(Role.VENTURE_APPROVER),
    )
    yield play.on + timedelta(days=240)
    equity.follow_on(
        play.session,
        firm=firm,
        lead="示例创业投资基金",
        pre_money=Money.wan(12_000),
        raised=Money.wan(1_500),
        followed=Money.wan(300),
        **play.by(Role.VENTURE_APPROVER),
    )
    held = play.holdings(firm)
    yield play.on + timedelta(days=500)
    for holding in held:
        equity.revalue(
            play.session,
            holding=holding,
            value=holding.carrying.times(14, 10),
            method="最近一轮融资价格（示例）",
            **play.by(Role.VENTURE_MANAGER),
        )
    equity.receive_dividend(
        play.session,
        holding=held[0],
        amount=Money.yuan(48_000),
        bank_ref=play.reference("DIV"),
        **play.by(Role.VENTURE_MANAGER),
    )
    yield play.on + timedelta(days=90)
    equity.offer_exit(
        play.session,
        holding=held[0],
        proceeds=held[0].carrying.times(115, 100),
        kind=ExitKind.SALE,
        buyer="示例产业集团",
        consent="其他股东放弃优先购买权（示例）",
        **play.by(Role.VENTURE_MANAGER),
    )
    yield play.on + timedelta(days=40)
    equity.exit(play.session, holding=held[0], **play.by(Role.VENTURE_APPROVER))
