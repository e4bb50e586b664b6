"""The pilot of 2012: four loans of CNY 21,800,000 in all, and one illustrative loan on through the whole chain.

The source document gives the tranche, the total, two firms with what they used their loans for, and one founder. Every
other name and figure is invented and labelled 示例. What goes bad belongs to invented firms alone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from models.application import Product
from models.facility import Facility
from models.firm import FirmSize, Industry
from models.intellectual_property import IPKind
from models.lending.terms import PlannedPrincipal, RepaymentMethod
from models.roles import Role
from models.talent import Level
from models.values.money import Money
from talentbank.demo.cast import open_account
from talentbank.demo.needs import look_closer
from talentbank.demo.opening_balance import draw_for
from talentbank.demo.papers import file_opinion
from talentbank.demo.profiles import Case, Registry, Right
from talentbank.demo.repaying import pays
from talentbank.demo.stage import Story
from talentbank.demo.steps import Play
from workflows import intake

_NUMBERS = Registry(20_000)


def _right(title: str, filed: date, worth: Money, kind: IPKind = IPKind.INVENTION) -> Right:
    return Right(kind, _NUMBERS.patent(kind, filed.year), title, filed, filed + timedelta(days=600), worth, 82, 76, 11)


def pilot_case(
    talent: str, firm: str, product: Product, amount: Money, months: int, method: RepaymentMethod, **more: object
) -> Case:
    """An invented case in the manner of the pilot: a new-materials firm of Beilun unless `more` says otherwise."""
    given: dict[str, object] = {
        "talent": talent,
        "id_number": _NUMBERS.resident_id(date(1968, 5, 20)),
        "level": Level.NATIONAL,
        "selected_on": date(2011, 3, 15),
        "years": 18,
        "papers": 30,
        "prizes": 2,
        "firm": firm,
        "credit_code": _NUMBERS.credit_code(),
        "registered_on": date(2009, 6, 18),
        "capital": Money.wan(2_000),
        "staff": 86,
        "size": FirmSize.SMALL,
        "district": "北仑",
        "industry": Industry.NEW_MATERIALS,
        "revenue": Money.wan(5_200),
        "rights": (
            _right("示例发明专利甲", date(2008, 4, 9), Money.wan(900)),
            _right("示例发明专利乙", date(2009, 9, 21), Money.wan(700)),
        ),
        "product": product,
        "amount": amount,
        "term_months": months,
        "method": method,
        "applied_on": date(2012, 9, 10),
        "quality": 84,
        "fate": "good",
    }
    return Case(**(given | more))  # type: ignore[arg-type]


def pilot_cases() -> list[tuple[Case, str, str]]:
    """The four loans: case, use, supplier who is paid."""
    return [
        (
            pilot_case(
                "旭升创始人（示例）",
                "宁波旭升机械有限公司",
                Product.RD_CENTRE,
                Money.yuan(8_000_000),
                36,
                RepaymentMethod.EQUAL_PRINCIPAL,
                industry=Industry.EQUIPMENT,
                registered_on=date(2003, 8, 25),
                capital=Money.wan(3_000),
                level=Level.PROVINCIAL,
                quality=86,
            ),
            "建立企业工程研发中心",
            "示例精密仪器有限公司",
        ),
        (
            pilot_case(
                "张发饶",
                "宁波能聚工程塑料有限公司",
                Product.NEW_PRODUCT,
                Money.yuan(6_500_000),
                24,
                RepaymentMethod.FREE_FORM,
                quality=85,
            ),
            "研发新产品项目",
            "示例改性设备有限公司",
        ),
        (
            pilot_case(
                "骆航（示例）",
                "宁波海澜示例海洋科技有限公司",
                Product.WORKING_CAPITAL,
                Money.yuan(4_300_000),
                12,
                RepaymentMethod.BULLET,
                industry=Industry.MARINE,
                level=Level.CITY,
                quality=80,
            ),
            "采购原材料（示例）",
            "示例供应链有限公司",
        ),
        (
            pilot_case(
                "唐墨（示例）",
                "宁波初芯示例微电子有限公司",
                Product.STARTUP,
                Money.yuan(3_000_000),
                24,
                RepaymentMethod.EQUAL_INSTALMENTS,
                industry=Industry.CHIPS,
                quality=82,
            ),
            "创业启动：流片与样机（示例，事前支持）",
            "示例流片服务有限公司",
        ),
    ]


PAID_OUT = date(2012, 11, 7)


def pilot_loan(play: Play, facility: Facility, case: Case, use: str, payee: str) -> Story:
    """One of the four: from application to the last instalment. The start-up loan is asked for before the firm exists."""
    before_formation = case.product is Product.STARTUP
    if before_formation:
        talent = play.talent(case)
        firm = intake.register_firm(
            play.session,
            founder=talent,
            name=case.firm,
            industry=case.industry,
            district=case.district,
            label=play.label,
            **play.by(Role.LOAN_OFFICER),
        )
        rights = [play.right(case, talent, None, one) for one in case.rights]
    else:
        talent, firm, rights = play.register(case)
    application = play.apply(case, talent, firm, use)
    yield date(2012, 9, 17)
    play.look_into(application)
    if case.product is Product.WORKING_CAPITAL:
        look_closer(play, application, firm)
    yield date(2012, 9, 24)
    panel = play.seat(application)
    yield date(2012, 10, 9)
    play.score_all(panel, case.quality)
    yield date(2012, 10, 11)
    opinion = play.conclude(application, case.quality)
    file_opinion(play, opinion)
    yield date(2012, 10, 16)
    play.decide(application, amount=case.amount)
    yield date(2012, 10, 29)
    if before_formation:
        intake.found_firm(
            play.session,
            firm=firm,
            credit_code=case.credit_code,
            registered_on=date(2012, 10, 26),
            registered_capital=Money.wan(300),
            **play.by(Role.LOAN_OFFICER),
        )
        intake.add_shareholder(
            play.session,
            firm=firm,
            holder=talent.name,
            capital=Money.wan(300),
            since=date(2012, 10, 26),
            **play.by(Role.LOAN_OFFICER),
        )
    yield PAID_OUT
    plan: tuple[PlannedPrincipal, ...] = ()
    if case.method is RepaymentMethod.FREE_FORM:
        plan = (
            PlannedPrincipal(date(2013, 11, 7), Money.yuan(1_500_000).fen),
            PlannedPrincipal(date(2014, 5, 7), Money.yuan(2_000_000).fen),
            PlannedPrincipal(date(2014, 11, 7), Money.yuan(3_000_000).fen),
        )
    loan = play.contract(application, rights, plan=plan)
    draw_for(play, facility, case.amount)
    play.pay_out(loan, payee)
    yield from pays(play, loan)


def planned_without_firm(play: Play, on: date) -> Story:
    """A talent without a firm: asked, reviewed, approved; the contract waits until the firm exists (TB-02)."""
    case = pilot_case(
        "江予安（示例）",
        "宁波予安示例储能技术有限公司（拟设立）",
        Product.STARTUP,
        Money.yuan(2_000_000),
        24,
        RepaymentMethod.EQUAL_INSTALMENTS,
        industry=Industry.NEW_ENERGY,
        selected_on=date(on.year - 1, 3, 15),
        rights=(_right("示例储能控制方法", date(on.year - 4, 5, 11), Money.wan(600)),),
        quality=83,
    )
    case = replace(case, id_number=_NUMBERS.resident_id(date(1986, 9, 3)))
    talent = play.talent(case)
    open_account(
        play.session, "applicant1", talent.name, (Role.APPLICANT,), play.cast.password_hash, talent_id=talent.key
    )
    for one in case.rights:
        play.right(case, talent, None, one)
    application = play.apply(case, talent, None, "创业启动：储能控制样机（示例，事前支持）")
    yield play.on + timedelta(days=5)
    play.look_into(application)
    yield play.on + timedelta(days=6)
    panel = play.seat(application)
    yield play.on + timedelta(days=8)
    play.score_all(panel, case.quality)
    yield play.on + timedelta(days=2)
    file_opinion(play, play.conclude(application, case.quality))
    yield play.on + timedelta(days=4)
    play.decide(application)
