"""The all-in price of a loan: the yearly rate at which all that is paid is worth what was received (LOAN-29).

Effective yearly rate, days over 365: Σ flow / (1 + r)^(days/365) = 0, the rule of XIRR and of the annual percentage rate
of the European directive 2008/48/EC, annex I, with time in days.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from pyxirr import InvalidPaymentsError, xirr

from models.lending.schedule import Schedule
from models.lending.terms import Terms
from models.values.rate import MILLION, Rate


class NoAllInPrice(ValueError):
    """Flows that no rate makes worth nothing: they all go one way, or cancel out on one day."""


def rate_of_flows(flows: Iterable[tuple[date, int]]) -> Rate:
    """The yearly rate of dated flows in fen, out of the lender's pocket below nought, rounded to parts per million.

    >>> rate_of_flows([(date(2025, 1, 1), -10_000), (date(2026, 1, 1), 12_400)])
    Rate(ppm=240000)

    Raises NoAllInPrice.
    """
    whole = [(on, fen) for on, fen in flows if fen]
    # The search stops at an absolute difference, so that large loans are measured as small ones are.
    largest = max((abs(fen) for _, fen in whole), default=1)
    given = [(on, 1000 * fen / largest) for on, fen in whole]
    try:
        found = xirr(given) if given else None
    except InvalidPaymentsError:
        found = None
    if found is None or found <= -1:
        raise NoAllInPrice("the flows have no yearly rate")
    # A rate is an estimate of a price, not an amount: here a float may be rounded.
    return Rate(round(found * MILLION))


def all_in_rate(terms: Terms, schedule: Schedule, *, fees: Mapping[date, int] | None = None) -> Rate:
    """What the borrower pays a year for a loan by its schedule (`schedule_of`), with interest and with `fees` in fen on
    their days, also those kept back at pay-out. Payments count on the days on which they fall due.

    Raises NoAllInPrice.
    """
    flows = [(terms.start, -terms.principal_fen)]
    flows += [(one.on, -one.amount_fen) for one in terms.shape.drawings]
    flows += [(line.due_on, line.payment_fen) for line in schedule]
    flows += (fees or {}).items()
    return rate_of_flows(flows)


def above(rate: Rate, warn: Rate) -> bool:
    """Whether an all-in price is to be warned of (LOAN-29, `allin_warn`): above the limit, not at it."""
    return rate > warn
