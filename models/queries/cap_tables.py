"""The cap table of a firm on a day (股权结构): who held how much of the registered capital."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from models.firm import Firm, Shareholding
from models.values.money import Money, half_up, total
from models.values.rate import MILLION


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a cap table with its part of the registered capital, in parts per million."""

    holder: str
    kind: str
    capital: Money
    share_ppm: int
    since: date
    holding_id: int | None


def register_lines(session: Session, firm: Firm, on: date) -> list[Shareholding]:
    """The lines of a firm's register of shareholders that hold on a day, largest first."""
    query = select(Shareholding).where(
        Shareholding.firm_id == firm.key,
        col(Shareholding.since) <= on,
        col(Shareholding.until).is_(None) | (col(Shareholding.until) > on),
    )
    return list(session.exec(query.order_by(col(Shareholding.capital).desc(), col(Shareholding.id))))


def cap_table(session: Session, firm: Firm, on: date) -> list[Share]:
    """The cap table of a firm on a day, largest first; empty for a firm that has none.

    Shares are of the lines together, so that the table of an earlier day sums to one as well.
    """
    lines = register_lines(session, firm, on)
    whole = total(line.capital for line in lines).fen
    return [
        Share(
            line.holder,
            line.holder_kind,
            line.capital,
            half_up(line.capital.fen * MILLION, whole),
            line.since,
            line.holding_id,
        )
        for line in lines
    ]
