"""The terms that a contract agrees, as lending's own `Terms`; a free-form plan as it is kept with the contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import Any

from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod, Terms
from models.loan import Contract
from models.values.money import Money


def terms_of(contract: Contract, balance: Money | None = None, *, on: date | None = None) -> Terms:
    """The terms of the contract for all of its amount, or for what is owed (`balance`) at the start of the day `on`.

    A free-form plan agrees on days and on shares: the balance is spread over the days still to come in the proportion
    of what the plan wants on each, the last day takes what rounding leaves (NUM-04). Raises TermsNotValid.
    """
    whole = contract.amount if balance is None else balance
    free_form = contract.method is RepaymentMethod.FREE_FORM
    return Terms(
        principal_fen=whole.fen,
        rate_ppm=contract.rate.ppm,
        start=contract.start_on,
        maturity=contract.end_on,
        method=contract.method,
        day_basis=contract.day_basis,
        settle_freq=Frequency(contract.settle_freq) if contract.settle_freq else None,
        settle_day=contract.settle_day,
        plan=_spread(plan_of(contract), whole.fen, on or contract.start_on) if free_form else (),
    )


def plan_of(contract: Contract) -> tuple[PlannedPrincipal, ...]:
    """The free-form plan kept with a contract; empty for the other methods."""
    return tuple(PlannedPrincipal(date.fromisoformat(one["due_on"]), int(one["fen"])) for one in contract.plan)


def plan_kept(plan: Sequence[PlannedPrincipal]) -> list[dict[str, Any]]:
    """A free-form plan as the contract's row keeps it."""
    return [{"due_on": part.due_on.isoformat(), "fen": part.principal_fen} for part in plan]


def _spread(plan: Sequence[PlannedPrincipal], fen: int, on: date) -> tuple[PlannedPrincipal, ...]:
    ahead = [part for part in plan if part.due_on > on]
    wanted = sum(part.principal_fen for part in ahead)
    if wanted == fen:
        return tuple(ahead)
    # Rounding down what has been repaid by each day leaves the last day something for every balance above nought.
    by_then = [fen * so_far // wanted for so_far in accumulate(part.principal_fen for part in ahead)]
    parts = [after - before for before, after in zip([0, *by_then], by_then, strict=False)]
    return tuple(PlannedPrincipal(part.due_on, share) for part, share in zip(ahead, parts, strict=True) if share)
