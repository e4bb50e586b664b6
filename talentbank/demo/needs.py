"""The working-capital case of the pilot with two years of invented statements, its need measured, its checks noted."""

from __future__ import annotations

from models.application import Application
from models.firm import Firm
from models.prudence import EnquiryPurpose, InvestigationPart
from models.roles import Role
from models.values.money import Money
from models.values.rate import Rate
from talentbank.demo.steps import Play
from workflows import checking, stating

YEARS = {
    2010: {
        "revenue": 4_300, "cost": 3_350, "profit": 400, "cash": 420, "receivables": 840, "stock": 700, "prepaid": 90,
        "other_current": 50, "fixed": 1_900, "short_loans": 300, "payables": 560, "advances": 55, "other_debts": 85,
        "long_loans": 200, "equity": 2_800,
    },
    2011: {
        "revenue": 5_200, "cost": 4_000, "profit": 520, "cash": 460, "receivables": 960, "stock": 800, "prepaid": 110,
        "other_current": 70, "fixed": 2_100, "short_loans": 300, "payables": 640, "advances": 65, "other_debts": 95,
        "long_loans": 200, "equity": 3_200,
    },
}  # fmt: skip
"""Invented, in ten thousands of yuan; the sides of each balance sheet are equal."""
SEEN = {
    InvestigationPart.FIRM: "营业执照、章程、纳税与社保记录齐全，现场生产正常。（演示）",
    InvestigationPart.OWNER: "实际控制人为人才本人，无对外担保。（演示）",
    InvestigationPart.USE: "采购合同三份，供应商经营正常。（演示）",
    InvestigationPart.CASH_FLOW: "银行流水与开票收入基本一致，回款集中在季末。（演示）",
    InvestigationPart.SECURITY: "担保公司承保八成，另有专利质押。（演示）",
    InvestigationPart.RIGHTS: "登记簿副本有效，年费已缴至下一年度。（演示）",
}


def look_closer(play: Play, application: Application, firm: Firm) -> None:
    """Statements, need, size, credit enquiry and the parts of the investigation, as the officer enters them."""
    officer = play.by(Role.LOAN_OFFICER)
    for year, figures in YEARS.items():
        amounts = {name: Money.wan(amount) for name, amount in figures.items()}
        source = f"{year}年度审计报告（演示）"
        stating.enter_statement(play.session, firm=firm, year=year, figures=amounts, source=source, **officer)
    stating.measure_need(
        play.session,
        application=application,
        growth=Rate.of("0.15"),
        own_funds=Money.wan(400),
        existing_loans=Money.wan(300),
        **officer,
    )
    checking.classify_size(play.session, firm=firm, staff=86, revenue=Money.wan(YEARS[2011]["revenue"]), **officer)
    checking.enquire(
        play.session,
        application=application,
        subject=firm.name,
        purpose=EnquiryPurpose.BEFORE_LOAN,
        consent_on=play.on,
        consent_paper="演示授权书2012-03",
        **officer,
    )
    for part, seen in SEEN.items():
        checking.look(play.session, application=application, part=part, seen=seen, **officer)
