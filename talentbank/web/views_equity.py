"""What the pages of equity show: cap tables before and after new capital, floors of an exit, words for methods."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.equity import Conversion, ExitKind, Holding, HoldingValue
from models.firm import Firm, Shareholding
from models.policies.rules import EquityRules
from models.queries.cap_tables import Share, cap_table
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Role
from models.states.aftercare import ConversionStage
from models.values.money import ZERO, Money, half_up, total
from models.values.rate import MILLION
from models.values.terms import add_months
from talentbank import i18n
from talentbank.i18n import N_
from talentbank.web import access
from talentbank.web.desk import Desk
from workflows import equity
from workflows.share_register import PUBLIC

READERS = (
    Role.VENTURE_MANAGER,
    Role.VENTURE_APPROVER,
    Role.ASSET_MANAGER,
    Role.CREDIT_COMMITTEE,
    Role.FINANCE_BUREAU,
    Role.BUREAU_APPROVER,
    Role.TALENT_OFFICE,
    Role.AUDITOR,
)
"""The posts that may read conversions, holdings and awards."""

METHODS = {
    "income": N_("收益法"),
    "market": N_("市场法"),
    "asset": N_("资产基础法"),
    "round": N_("最近一轮融资价格"),
    "pre_money": N_("投前估值"),
}
APPRAISALS = {name: METHODS[name] for name in ("income", "market", "asset")}
"""The methods an appraiser may have used (EQ-03)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One shareholder before and after new capital, in money and in parts per million."""

    holder: str
    kind: str
    before: Money
    before_ppm: int
    after: Money
    after_ppm: int
    new: bool


def with_new_capital(shares: Iterable[Share], holder: str, kind: str, capital: Money) -> list[Change]:
    """A cap table as it is, and as it will be once `capital` has come in for `holder`."""
    lines = list(shares)
    before = total(line.capital for line in lines)
    whole = (before + capital).fen
    changes = [
        Change(line.holder, line.kind, line.capital, line.share_ppm, line.capital, _part(line.capital, whole), False)
        for line in lines
    ]
    changes.append(Change(holder, kind, ZERO, 0, capital, _part(capital, whole), True))
    return sorted(changes, key=lambda one: -one.after.fen)


def _part(capital: Money, whole: int) -> int:
    return half_up(capital.fen * MILLION, whole) if whole else 0


def conversion_effect(session: Session, conversion: Conversion, firm: Firm, on: date) -> list[Change]:
    """The firm's cap table before and after a conversion: today's while it is open, the one of its day once it is done.

    A conversion that was declined is shown as it was reckoned, on today's table.
    """
    holder = rules_in_force(session, EquityRules, on).holder_of_record
    if conversion.stage is not ConversionStage.DONE or conversion.done_on is None:
        return with_new_capital(cap_table(session, firm, on), holder, PUBLIC, conversion.new_registered)
    eve = conversion.done_on - timedelta(days=1)
    lines = cap_table(session, firm, eve)
    if total(line.capital for line in lines) != conversion.registered_before:
        made = session.exec(select(Holding.id).where(Holding.conversion_id == conversion.key)).first()
        lines = [line for line in cap_table(session, firm, conversion.done_on) if line.holding_id != made]
    return with_new_capital(lines, holder, PUBLIC, conversion.new_registered)


def change_days(session: Session, firm: Firm) -> list[date]:
    """The days on which the firm's register of shareholders changed, the newest first."""
    query = select(col(Shareholding.since)).where(Shareholding.firm_id == firm.key).distinct()
    return sorted(session.exec(query), reverse=True)


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that an exit of this kind may bring today, or why it cannot be said."""

    kind: ExitKind
    price: Money | None
    why_not: str


def floors(desk: Desk, holding: Holding) -> list[Floor]:
    """The floor of every kind of exit."""
    found = []
    for kind in ExitKind:
        try:
            found.append(Floor(kind, equity.floor_price(desk.session, holding, kind, desk.on), ""))
        except Refusal as refusal:
            found.append(Floor(kind, None, i18n.sentence(refusal, desk.lang)))
    return found


def valued_on(session: Session, holding_ids: Iterable[int]) -> dict[int, date]:
    """The day of the newest value of each of these holdings."""
    query = (
        select(HoldingValue.holding_id, sa.func.max(col(HoldingValue.on)))
        .where(col(HoldingValue.holding_id).in_(set(holding_ids)))
        .group_by(col(HoldingValue.holding_id))
    )
    return dict(session.exec(query).all())


def stale_before(session: Session, on: date) -> date:
    """A value found before this day is too old for a sale (EQ-16)."""
    return add_months(on, -rules_in_force(session, EquityRules, on).appraisal_valid_months)


def may_open_firm(desk: Desk) -> bool:
    """Whether this person may open the pages of firms."""
    return desk.actor.holds(*access.PARTY_READERS)
