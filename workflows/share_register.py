"""A firm's register of shareholders (股东名册) as capital comes in and changes hands; it always sums to the capital.

Whoever turns money or a claim into shares calls this in the transaction that books it, so that the cap table and the
books can never tell different stories. Lines hold from `since` up to but not including `until`.
"""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from models.equity import Holding
from models.firm import Firm, Shareholding
from models.queries.cap_tables import register_lines
from models.refusals import BrokenInvariant, Refusal
from models.values.money import Money, total
from scoring import equity_value

PUBLIC = "public"
"""The kind of holder that counts for the ceiling of public holding (EQ-08): the venture company holds for the public."""

FOUNDER = "founder"
INVESTOR = "investor"


class NotYetFounded(Refusal):
    """The firm has no credit code or no registered capital yet, so there are no shares in it."""


class RegisterIncomplete(Refusal):
    """The known shareholders do not sum to the registered capital; no new share can be reckoned on that (EQ-03)."""


class IssuedBelowPar(Refusal):
    """At this value of the firm a contribution would not cover the registered capital it makes (EQ-03, EQ-04)."""


def refuse_below_par(firm: Firm, pre_money: Money) -> None:
    """Refuse with IssuedBelowPar where a yuan of the firm's registered capital would be had for less than a yuan."""
    try:
        equity_value.refuse_below_par(firm.registered_capital, pre_money)
    except equity_value.BelowPar:
        raise IssuedBelowPar(firm=firm.name, pre_money=pre_money, registered=firm.registered_capital) from None


def checked_register(session: Session, firm: Firm, on: date) -> list[Shareholding]:
    """The lines that hold on a day, if they sum to the registered capital.

    Refuses with NotYetFounded and RegisterIncomplete (facts: registered, known).
    """
    if not firm.exists or not firm.registered_capital:
        raise NotYetFounded(firm=firm.name)
    lines = register_lines(session, firm, on)
    known = total(line.capital for line in lines)
    if known != firm.registered_capital:
        raise RegisterIncomplete(firm=firm.name, registered=firm.registered_capital, known=known)
    return lines


def public_capital(lines: list[Shareholding]) -> Money:
    """The registered capital that public hands hold."""
    return total(line.capital for line in lines if line.holder_kind == PUBLIC)


def enter(
    session: Session,
    firm: Firm,
    *,
    holder: str,
    holder_kind: str,
    capital: Money,
    on: date,
    holding: Holding | None = None,
) -> Shareholding:
    """New capital comes in: the firm's registered capital grows by it, and a line says who holds it.

    A holding of the venture company keeps a line of its own; any other holder's lines become one.
    """
    firm.registered_capital += capital
    session.add(firm)
    return _line(session, firm, holder, holder_kind, capital, on, holding)


def pass_on(session: Session, firm: Firm, holding: Holding, *, buyer: str, buyer_kind: str, on: date) -> None:
    """The capital of a holding goes to a buyer; the registered capital stays as it is."""
    line = session.exec(
        select(Shareholding).where(Shareholding.holding_id == holding.key, col(Shareholding.until).is_(None))
    ).one_or_none()
    if line is None or line.capital != holding.capital:
        raise BrokenInvariant("a holding without its line in the cap table", holding=holding.number)
    _end(session, line, on)
    _line(session, firm, buyer, buyer_kind, holding.capital, on, None)


def _line(
    session: Session, firm: Firm, holder: str, kind: str, capital: Money, on: date, holding: Holding | None
) -> Shareholding:
    if holding is None:
        for line in register_lines(session, firm, on):
            if line.holder == holder and line.holding_id is None:
                capital += line.capital
                kind = line.holder_kind
                _end(session, line, on)
    line = Shareholding.model_validate(
        {
            "firm_id": firm.key,
            "holder": holder,
            "holder_kind": kind,
            "holding_id": None if holding is None else holding.key,
            "capital": capital,
            "since": on,
        }
    )
    session.add(line)
    session.flush()
    return line


def _end(session: Session, line: Shareholding, on: date) -> None:
    # A line that began today never held overnight: it is replaced, not ended.
    if line.since == on:
        session.delete(line)
    else:
        line.until = on
        session.add(line)
    session.flush()
