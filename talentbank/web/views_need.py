"""The need for working capital as people check it: statements side by side, each step with its formula and its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.application import Application
from models.financial import ASSETS, CLAIMS, INCOME, FinancialStatement, NeedEstimate
from models.values.money import Money
from talentbank import figures, i18n
from talentbank.i18n import N_, _
from talentbank.web import views_loans
from talentbank.web.desk import Desk
from workflows.stating import latest_need, statements_of

LINES = {
    "revenue": N_("营业收入"),
    "cost": N_("营业成本"),
    "profit": N_("利润总额"),
    "cash": N_("货币资金"),
    "receivables": N_("应收账款"),
    "stock": N_("存货"),
    "prepaid": N_("预付账款"),
    "other_current": N_("其他流动资产"),
    "fixed": N_("非流动资产"),
    "short_loans": N_("短期借款"),
    "payables": N_("应付账款"),
    "advances": N_("预收账款"),
    "other_debts": N_("其他流动负债"),
    "long_loans": N_("非流动负债"),
    "equity": N_("所有者权益"),
}
SECTIONS = ((N_("利润表"), INCOME), (N_("资产"), ASSETS), (N_("负债和所有者权益"), CLAIMS))
YEARS_SHOWN = 3
DAYS = (
    ("receivable_days", N_("应收账款周转天数"), N_("360 × 平均应收账款 ÷ 营业收入"), "+"),
    ("stock_days", N_("存货周转天数"), N_("360 × 平均存货 ÷ 营业成本"), "+"),
    ("payable_days", N_("应付账款周转天数"), N_("360 × 平均应付账款 ÷ 营业成本"), "−"),
    ("prepaid_days", N_("预付账款周转天数"), N_("360 × 平均预付账款 ÷ 营业成本"), "+"),
    ("advance_days", N_("预收账款周转天数"), N_("360 × 平均预收账款 ÷ 营业收入"), "−"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the measuring: what it is, how it is computed, the value."""

    label: str
    formula: str
    value: str


@dataclass(frozen=True, slots=True)
class NeedView:
    """A measuring with its steps in words, who made it, who allowed more."""

    estimate: NeedEstimate
    steps: list[Step]
    made_by: str
    beyond_by: str


def statements(session: Session, firm_id: int | None, on: date) -> list[FinancialStatement]:
    """The newest years of a firm's statements, the newest first."""
    return statements_of(session, firm_id, on)[:YEARS_SHOWN] if firm_id is not None else []


def sections(rows: list[FinancialStatement]) -> list[tuple[str, list[tuple[str, list[Money]]]]]:
    """The statements side by side: each section's lines with the amounts of the years."""
    return [
        (title, [(LINES[name], [getattr(row, name) for row in rows]) for name in names]) for title, names in SECTIONS
    ]


def need(desk: Desk, application: Application) -> NeedView | None:
    """The newest measuring, or None."""
    row = latest_need(desk.session, application)
    if row is None:
        return None
    with desk.speaking():
        steps = _steps(row)
    return NeedView(
        row,
        steps,
        views_loans.person(desk.session, row.made_by),
        views_loans.person(desk.session, row.beyond_by),
    )


def _steps(row: NeedEstimate) -> list[Step]:
    told = row.steps
    found = [
        Step(f"{sign} {i18n.gettext(label)}", i18n.gettext(formula), _("%(days)s 天", days=f"{told[name] / 100:.2f}"))
        for name, label, formula, sign in DAYS
    ]
    turns = told["turns"]
    money = _full
    return [
        *found,
        Step(_("营运资金占用天数"), _("以上各项相加减"), _("%(days)s 天", days=f"{told['cycle_days'] / 100:.2f}")),
        Step(
            _("营运资金周转次数"),
            _("360 ÷ 占用天数"),
            _("不占用资金") if turns is None else f"{turns / 10_000:.4f}",
        ),
        Step(_("%(year)s 年营业收入", year=told["year"]), _("利润表"), money(Money(told["revenue_fen"]))),
        Step(_("销售利润率"), _("利润总额 ÷ 营业收入"), f"{told['margin_ppm'] / 10_000:.2f}%"),
        Step(_("预计收入增长率"), _("信贷经办填写"), i18n.said(row.growth)),
        Step(
            _("营运资金量"),
            _("营业收入 ×（1 − 利润率）×（1 + 增长率）÷ 周转次数"),
            money(row.need),
        ),
        Step(_("− 自有资金"), _("信贷经办填写"), money(row.own_funds)),
        Step(_("− 现有流动资金贷款"), _("信贷经办填写"), money(row.existing_loans)),
        Step(_("− 其他渠道资金"), _("信贷经办填写"), money(row.other_sources)),
        Step(_("新增贷款额度"), _("营运资金量减去以上三项"), money(row.room)),
        Step(_("可贷额度"), _("按万元向下取整，不大于零则不贷"), money(row.ceiling)),
    ]


def _full(amount: Money) -> str:
    return figures.full(amount, i18n.language())
