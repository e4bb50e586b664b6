"""Holdings, conversions and awards in lists; the values and rounds behind a holding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.equity import Award, Conversion, Holding, HoldingValue, Origin, Round
from models.firm import Firm
from models.queries.firm_names import called
from models.refusals import NotThere
from models.states.aftercare import AwardStage, ConversionStage, HoldingStage
from models.values.money import Money, half_up
from models.values.rate import MILLION

PAGE = 50


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """A holding in a list. `registered` is the firm's registered capital now, of which `capital` is held."""

    id: int
    number: str
    firm_id: int
    firm: str
    origin: Origin
    fiscal: bool
    acquired_on: date
    cost: Money
    carrying: Money
    capital: Money
    registered: Money
    dividends: Money
    proceeds: Money
    stage: HoldingStage
    exited_on: date | None

    @property
    def share_ppm(self) -> int:
        """The part of the firm that is held, in parts per million; nought once it is sold."""
        if self.stage is not HoldingStage.HELD or not self.registered:
            return 0
        return half_up(self.capital.fen * MILLION, self.registered.fen)

    @property
    def multiple_ppm(self) -> int | None:
        """What it is worth and has paid, over what it cost, in parts per million."""
        got = self.carrying + self.proceeds + self.dividends
        return half_up(got.fen * MILLION, self.cost.fen) if self.cost else None


_HOLDING: tuple[Any, ...] = (
    Holding.id,
    Holding.number,
    Holding.firm_id,
    Firm.name,
    Holding.origin,
    Holding.fiscal,
    Holding.acquired_on,
    Holding.cost,
    Holding.carrying,
    Holding.capital,
    Firm.registered_capital,
    Holding.dividends,
    Holding.proceeds,
    Holding.stage,
    Holding.exited_on,
)
HOLDING_SORTS: dict[str, Any] = {
    "acquired_on": Holding.acquired_on,
    "number": Holding.number,
    "cost": Holding.cost,
    "carrying": Holding.carrying,
    "firm": Firm.name_sort,
}


def holding_rows(
    session: Session,
    *,
    stage: HoldingStage | None = None,
    origin: Origin | None = None,
    firm_id: int | None = None,
    text: str = "",
    sort: str = "-acquired_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[HoldingLine], int]:
    """A page of holdings and how many there are in all; an unknown `sort` is read as `-acquired_on`."""
    conditions = _conditions(Holding, text, stage=stage, origin=origin, firm_id=firm_id)
    rows, total = _page(session, Holding, _HOLDING, conditions, HOLDING_SORTS, sort, "acquired_on", limit, offset)
    return [HoldingLine(*row) for row in rows], total


@dataclass(frozen=True, slots=True)
class HoldingSums:
    """What all holdings come to: those still held at cost and at value, and what those that were sold brought."""

    held: int
    cost: Money
    carrying: Money
    exited: int
    exited_cost: Money
    proceeds: Money
    dividends: Money


def holding_sums(session: Session) -> HoldingSums:
    """Counts and sums over all holdings, by the database."""

    def fen(column: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.type_coerce(col(column), sa.BigInteger)), 0)

    rows = session.execute(
        sa.select(
            col(Holding.stage),
            sa.func.count(),
            fen(Holding.cost),
            fen(Holding.carrying),
            fen(Holding.proceeds),
            fen(Holding.dividends),
        ).group_by(col(Holding.stage))
    )
    found = {stage: tuple(int(one) for one in sums) for stage, *sums in rows}
    held, exited = (found.get(stage, (0, 0, 0, 0, 0)) for stage in (HoldingStage.HELD, HoldingStage.EXITED))
    return HoldingSums(
        held[0],
        Money(held[1]),
        Money(held[2]),
        exited[0],
        Money(exited[1]),
        Money(exited[3]),
        Money(held[4] + exited[4]),
    )


@dataclass(frozen=True, slots=True)
class ConversionLine:
    """A conversion in a list."""

    id: int
    number: str
    case_id: int
    firm_id: int
    firm: str
    origin: Origin
    claim: Money
    value: Money
    pre_money: Money
    share_ppm: int
    stage: ConversionStage
    proposed_on: date
    done_on: date | None


_CONVERSION: tuple[Any, ...] = (
    Conversion.id,
    Conversion.number,
    Conversion.case_id,
    Conversion.firm_id,
    Firm.name,
    Conversion.origin,
    Conversion.claim,
    Conversion.value,
    Conversion.pre_money,
    Conversion.share_ppm,
    Conversion.stage,
    Conversion.proposed_on,
    Conversion.done_on,
)
CONVERSION_SORTS: dict[str, Any] = {
    "proposed_on": Conversion.proposed_on,
    "number": Conversion.number,
    "value": Conversion.value,
    "firm": Firm.name_sort,
}


def conversion_rows(
    session: Session,
    *,
    stage: ConversionStage | None = None,
    firm_id: int | None = None,
    text: str = "",
    sort: str = "-proposed_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[ConversionLine], int]:
    """A page of conversions and how many there are in all."""
    conditions = _conditions(Conversion, text, stage=stage, firm_id=firm_id)
    rows, total = _page(
        session, Conversion, _CONVERSION, conditions, CONVERSION_SORTS, sort, "proposed_on", limit, offset
    )
    return [ConversionLine(*row) for row in rows], total


@dataclass(frozen=True, slots=True)
class AwardLine:
    """An award in a list; what is not `capitalised` is paid or will be."""

    id: int
    number: str
    firm_id: int
    firm: str
    title: str
    basis: str
    amount: Money
    capitalised: Money
    stage: AwardStage
    proposed_on: date
    approved_on: date | None
    done_on: date | None


_AWARD: tuple[Any, ...] = (
    Award.id,
    Award.number,
    Award.firm_id,
    Firm.name,
    Award.title,
    Award.basis,
    Award.amount,
    Award.capitalised,
    Award.stage,
    Award.proposed_on,
    Award.approved_on,
    Award.done_on,
)
AWARD_SORTS: dict[str, Any] = {
    "proposed_on": Award.proposed_on,
    "number": Award.number,
    "amount": Award.amount,
    "firm": Firm.name_sort,
}


def award_rows(
    session: Session,
    *,
    stage: AwardStage | None = None,
    firm_id: int | None = None,
    text: str = "",
    sort: str = "-proposed_on",
    limit: int = PAGE,
    offset: int = 0,
) -> tuple[list[AwardLine], int]:
    """A page of awards and how many there are in all."""
    conditions = _conditions(Award, text, stage=stage, firm_id=firm_id)
    rows, total = _page(session, Award, _AWARD, conditions, AWARD_SORTS, sort, "proposed_on", limit, offset)
    return [AwardLine(*row) for row in rows], total


def holding_by_number(session: Session, number: str) -> Holding:
    """The holding with this number. Refuses with NotThere."""
    return _by_number(session, Holding, number)  # type: ignore[no-any-return]


def conversion_by_number(session: Session, number: str) -> Conversion:
    """The conversion with this number. Refuses with NotThere."""
    return _by_number(session, Conversion, number)  # type: ignore[no-any-return]


def award_by_number(session: Session, number: str) -> Award:
    """The award with this number. Refuses with NotThere."""
    return _by_number(session, Award, number)  # type: ignore[no-any-return]


def values_of(session: Session, holding: Holding) -> list[HoldingValue]:
    """What a holding was found to be worth over time, oldest first."""
    query = select(HoldingValue).where(HoldingValue.holding_id == holding.key)
    return list(session.exec(query.order_by(col(HoldingValue.on), col(HoldingValue.id))))


def rounds_of(session: Session, firm: Firm) -> list[Round]:
    """The rounds of new money in a firm, oldest first."""
    query = select(Round).where(Round.firm_id == firm.key)
    return list(session.exec(query.order_by(col(Round.on), col(Round.id))))


def _by_number(session: Session, table: Any, number: str) -> Any:
    row = session.exec(select(table).where(table.number == number)).one_or_none()
    if row is None:
        raise NotThere(what=number)
    return row


def _conditions(table: Any, text: str, **asked: Any) -> list[sa.ColumnElement[bool]]:
    conditions = [col(getattr(table, name)) == value for name, value in asked.items() if value is not None]
    if text.strip():
        conditions.append(called(text, table.number))
    return conditions


def _page(
    session: Session,
    table: Any,
    columns: tuple[Any, ...],
    conditions: list[sa.ColumnElement[bool]],
    sorts: dict[str, Any],
    sort: str,
    usual: str,
    limit: int,
    offset: int,
) -> tuple[list[Any], int]:
    """One page in a stable order, the newest first unless asked otherwise, and the count of all."""

    def about(query: sa.Select[Any]) -> sa.Select[Any]:
        joined = query.select_from(table).join(Firm, col(Firm.id) == col(table.firm_id))
        return joined.where(*conditions)

    total = session.execute(about(sa.select(sa.func.count()))).scalar_one()
    name = sort.removeprefix("-")
    down = sort.startswith("-") or name not in sorts
    order = [col(one).desc() if down else col(one).asc() for one in (sorts.get(name, sorts[usual]), table.id)]
    rows = session.execute(about(sa.select(*columns)).order_by(*order).limit(limit).offset(offset))
    return list(rows), int(total)
