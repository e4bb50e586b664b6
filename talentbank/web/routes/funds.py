"""The finance bureau's page: what the funds are exposed to, which limits stand how close, where each figure leads."""

from typing import Annotated, Any

from fastapi import APIRouter
from starlette.responses import Response

from models.application import Product
from models.firm import Industry
from models.lending.ageing import FiveClass
from models.roles import Role
from models.talent import Level
from reports.exposure import ExposureReport, exposure
from reports.workbook import Column, Kind
from talentbank import i18n
from talentbank.i18n import N_
from talentbank.web import listing, views_funds
from talentbank.web.desk import Desk, allow
from talentbank.web.navigation import WATCH, Item

router = APIRouter()

READERS = (
    Role.FINANCE_BUREAU,
    Role.BUREAU_APPROVER,
    Role.TREASURER,
    Role.CREDIT_COMMITTEE,
    Role.CREDIT_REVIEWER,
    Role.GUARANTEE_APPROVER,
    Role.FUND_APPROVER,
    Role.AUDITOR,
)
NAVIGATION = (Item(WATCH, "/funds", "layout-dashboard", N_("资金监测"), frozenset(READERS), place=5),)
COLUMNS = (
    Column(N_("类别")),
    Column(N_("项目"), width=24),
    Column(N_("笔数"), Kind.COUNT),
    Column(N_("余额（元）"), Kind.MONEY, 20),
)

Reader = Annotated[Desk, allow(*READERS)]


@router.get("/funds")
def funds(desk: Reader) -> Response:
    """Key figures, limits, classes, sectors, the chain, maturities."""
    report = exposure(desk.session, on=desk.on)
    with i18n.speaking(desk.lang):
        view = _view(report)
    return desk.show("funds/exposure.html", report=report, **view)


@router.get("/funds.xlsx")
def funds_workbook(desk: Reader) -> Response:
    """The breakdowns as a workbook, from the same numbers as the page."""
    report = exposure(desk.session, on=desk.on)
    with i18n.speaking(desk.lang):
        rows = [
            (i18n.gettext(label), one.label, one.loans, one.amount)
            for label, found in _breakdowns(report)
            for one in found
        ]
    return listing.export(desk, name=N_("资金监测"), columns=COLUMNS, rows=rows)


def _breakdowns(report: ExposureReport) -> list[tuple[str, list[views_funds.ShareView]]]:
    whole = report.outstanding
    return [
        (N_("五级分类"), views_funds.shares(report.by_class, whole, "five_class", FiveClass)),
        (N_("行业"), views_funds.shares(report.by_industry, whole, "industry", Industry)),
        (N_("区县"), views_funds.shares(report.by_district, whole, "district")),
        (N_("人才层级"), views_funds.shares(report.by_level, whole, "level", Level)),
        (N_("产品"), views_funds.shares(report.by_product, whole, "product", Product)),
    ]


def _view(report: ExposureReport) -> dict[str, Any]:
    breakdowns = dict(_breakdowns(report))
    finding, months = views_funds.months_chart(report)
    industry = breakdowns["行业"]
    sectors, sector_bars = views_funds.bars_chart(industry)
    limits = [views_funds.limit(one) for one in report.limits]
    return {
        "limits": limits,
        "alarms": [one for one in limits if one.near or one.breached],
        "classes": breakdowns["五级分类"],
        "class_ring": views_funds.classes_chart(report),
        "months_finding": finding,
        "months": months,
        "sectors": industry,
        "sectors_finding": sectors,
        "sector_bars": sector_bars,
        "districts": breakdowns["区县"],
        "levels": breakdowns["人才层级"],
        "products": breakdowns["产品"],
        "chain": views_funds.chain(report.chain),
        "parts": views_funds.used_parts(report),
    }
