"""What the pages of district programmes share: who reads them, the tabs, words for benefits and classes of tracking."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from models.roles import Role
from scoring.programme_math import FourRates
from talentbank.i18n import N_
from workflows import programmes
from workflows.subsidies import INTEREST_SUBSIDY

READERS = (
    Role.TALENT_OFFICE,
    Role.FINANCE_BUREAU,
    Role.BUREAU_APPROVER,
    Role.LOAN_OFFICER,
    Role.CREDIT_REVIEWER,
    Role.CREDIT_COMMITTEE,
    Role.AUDITOR,
)
"""The posts that may read programmes, the pool, targets and subsidies."""

TABS = {
    "/programmes": N_("人才计划"),
    "/programmes/pool": N_("项目库"),
    "/programmes/targets": N_("目标"),
    "/programmes/subsidies": N_("贷款贴息"),
}
BENEFITS = {
    INTEREST_SUBSIDY: N_("贷款贴息"),
    "award": N_("奖励"),
    "start_up_grant": N_("创业启动资金"),
    "seed_money": N_("种子资金"),
    "housing": N_("购房补助"),
    "allowance": N_("津贴"),
    "referral_award": N_("引荐奖励"),
}
"""What programmes give (TAL-03)."""

TRACKING = {"A": N_("A 特殊跟踪"), "B": N_("B 重点跟踪"), "C": N_("C 关注了解")}
"""How closely a project of the pool is followed (TAL-09)."""


@dataclass(frozen=True, slots=True)
class RatesLine:
    """The four rates of a district's pool, whole or one class of it."""

    label: str
    rates: FourRates
    whole: bool


def rates_of(session: Session, district: str) -> list[RatesLine]:
    """The four rates of a district, then of each class in it; the labels are messages."""
    lines = [RatesLine(N_("全部项目"), programmes.four_rates_of(session, district=district), True)]
    for tracking, label in TRACKING.items():
        rates = programmes.four_rates_of(session, district=district, tracking=tracking)
        lines.append(RatesLine(label, rates, False))
    return lines
