"""The allowance: every view side by side, adequacy against the regulator's standards, and how it moved."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from models.lending.loss_stage import LossStage
from models.queries.provisions import run_days
from models.roles import Role
from reports.provisions import ProvisionReport, provision_report
from reports.workbook import Column, Kind
from talentbank import figures, i18n
from talentbank.i18n import N_
from talentbank.web import listing
from talentbank.web.desk import Desk, allow
from talentbank.web.navigation import REPORTS, Item
from talentbank.web.routes import books, class_reviews

router = APIRouter()

READERS = (
    Role.FINANCE_BUREAU,
    Role.BUREAU_APPROVER,
    Role.CREDIT_COMMITTEE,
    Role.CREDIT_REVIEWER,
    Role.AUDITOR,
)
NAVIGATION = (Item(REPORTS, "/provisions", "shield-half", N_("减值准备"), frozenset(READERS), place=30),)
MOVES = {
    "opening": N_("期初余额"),
    "transferred": N_("阶段间转移"),
    "added": N_("新增贷款"),
    "repaid": N_("还款转回"),
    "remeasured": N_("重新计量"),
    "used": N_("转让和核销使用"),
    "closing": N_("期末余额"),
}
"""What the lines of the movement table are called."""

COLUMNS = (
    Column(N_("类别")),
    Column(N_("项目"), width=24),
    Column(N_("笔数"), Kind.COUNT),
    Column(N_("余额（元）"), Kind.MONEY, 20),
    Column(N_("指引口径（元）"), Kind.MONEY, 20),
    Column(N_("标准风险系数口径（元）"), Kind.MONEY, 22),
    Column(N_("预期信用损失（元）"), Kind.MONEY, 20),
)
MOVE_COLUMNS = (
    Column(N_("项目"), width=24),
    Column(N_("第一阶段（元）"), Kind.MONEY, 20),
    Column(N_("第二阶段（元）"), Kind.MONEY, 20),
    Column(N_("第三阶段（元）"), Kind.MONEY, 20),
    Column(N_("合计（元）"), Kind.MONEY, 20),
)

Reader = Annotated[Desk, allow(*READERS)]


def _report(desk: Desk, run: str) -> ProvisionReport | None:
    try:
        day = date.fromisoformat(run) if run else None
    except ValueError:
        day = None
    return provision_report(desk.session, day)


@router.get("/provisions")
def provisions(desk: Reader, run: str = "") -> Response:
    """The newest run, or that of the day asked for."""
    report = _report(desk, run)
    return desk.show(
        "provisions/provisions.html",
        report=report,
        days=run_days(desk.session),
        stages=list(LossStage),
        move_names=MOVES,
        ratio=_share(report.adequacy.provision_ratio) if report else "",
        coverage=_share(report.adequacy.coverage) if report else "",
        may_see_books=desk.actor.holds(*books.READERS),
        may_see_classes=desk.actor.holds(*class_reviews.READERS),
    )


def _share(ratio: object) -> str:
    """A ratio in per cent with two places, or the sign that there is none."""
    return figures.MISSING if ratio is None else figures.pct(ratio)  # type: ignore[arg-type]


@router.get("/provisions.xlsx")
def workbook(desk: Reader, run: str = "") -> Response:
    """The views by class, stage and product as a workbook, from the same numbers as the page."""
    report = _report(desk, run)
    rows: list[tuple[object, ...]] = []
    if report is not None:
        with i18n.speaking(desk.lang):
            for label, kind, lines in (
                (N_("五级分类"), "FiveClass", report.by_class),
                (N_("阶段"), "LossStage", report.by_stage),
                (N_("产品"), "Product", report.by_product),
                (N_("合计"), "", [report.whole]),
            ):
                rows += [
                    (
                        i18n.gettext(label),
                        i18n.word(f"{kind}.{line.word}") if kind else "",
                        line.loans,
                        line.outstanding,
                        line.preset_a,
                        line.preset_b,
                        line.ecl,
                    )
                    for line in lines
                ]
    conditions = [(N_("计提日"), report.run.on if report else None)]
    return listing.export(desk, name=N_("减值准备"), columns=COLUMNS, rows=rows, conditions=conditions)


@router.get("/provisions/movement.xlsx")
def movement(desk: Reader, run: str = "") -> Response:
    """The movement table as a workbook."""
    report = _report(desk, run)
    with i18n.speaking(desk.lang):
        rows = [(i18n.gettext(MOVES[row.name]), *row.stages, row.amount) for row in (report.moves if report else [])]
    conditions = [(N_("计提日"), report.run.on if report else None)]
    return listing.export(desk, name=N_("准备变动表"), columns=MOVE_COLUMNS, rows=rows, conditions=conditions)
