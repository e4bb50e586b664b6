"""What the pages of loan changes show: an effect before and after, and what was asked for, in words and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.lending.terms import RepaymentMethod
from models.loan_change import LoanChange
from models.values.money import Money
from models.values.rate import Rate
from talentbank import figures, i18n
from talentbank.i18n import N_
from talentbank.web.desk import Desk
from talentbank.web.views_loans import person

__all__ = ["EffectView", "asked", "effect", "person"]


@dataclass(frozen=True, slots=True)
class FiguresView:
    """One side of the comparison."""

    rate: Rate
    end_on: date
    method: RepaymentMethod
    instalment: Money
    next_on: date | None
    next_payment: Money
    payments: int
    interest: Money
    principal: Money


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of the plan that the change writes."""

    number: int
    payable_on: date
    principal: Money
    interest: Money
    after: Money


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect: before, after, what it costs that day, and the lines of the new plan."""

    on: date
    before: FiguresView
    after: FiguresView
    lines: list[NewLine]
    carried: Money
    folded: list[int]
    folded_principal: Money
    folded_interest: Money
    capitalised: Money
    waived: Money
    cash: Money
    early: Money
    fee: Money
    surplus: Money
    observed: tuple[date, date] | None

    @property
    def interest_change(self) -> Money:
        """How much more interest in all; below nought for less."""
        return self.after.interest - self.before.interest


def effect(facts: Mapping[str, Any]) -> EffectView:
    """An effect as it is kept, ready to be shown."""
    observed = [date.fromisoformat(day) for day in facts["observed"]]
    amounts = (
        "carried", "folded_principal", "folded_interest", "capitalised", "waived", "cash", "early", "fee", "surplus",
    )  # fmt: skip
    return EffectView(
        on=date.fromisoformat(facts["on"]),
        before=_figures(facts["before"]),
        after=_figures(facts["after"]),
        lines=[
            NewLine(number, date.fromisoformat(payable), Money(principal), Money(interest), Money(after))
            for number, _start, _end, _due, payable, principal, interest, after in facts["lines"]
        ],
        folded=list(facts["folded"]),
        observed=(observed[0], observed[1]) if observed else None,
        **{name: Money(facts[name]) for name in amounts},
    )


def _figures(facts: Mapping[str, Any]) -> FiguresView:
    return FiguresView(
        rate=Rate(facts["rate_ppm"]),
        end_on=date.fromisoformat(facts["end_on"]),
        method=RepaymentMethod(facts["method"]),
        instalment=Money(facts["instalment"]),
        next_on=date.fromisoformat(facts["next_on"]) if facts["next_on"] else None,
        next_payment=Money(facts["next_payment"]),
        payments=facts["payments"],
        interest=Money(facts["interest"]),
        principal=Money(facts["principal"]),
    )


_LABELS = {
    "amount": N_("金额"),
    "choice": N_("提前还款后"),
    "months": N_("延长月数"),
    "rate": N_("年利率"),
    "grace_months": N_("本金宽限月数"),
    "capitalise": N_("欠息转本金"),
    "waive_penalty": N_("减免罚息和复利"),
    "released": N_("解除的质押"),
}


def asked(desk: Desk, change: LoanChange) -> list[tuple[str, str]]:
    """What a change asks for, as labels with their values; what was not asked for is left out."""
    found = []
    with desk.speaking():
        for name, value in change.asked.items():
            if value in (None, 0, False, [], ()):
                continue
            found.append((i18n.gettext(_LABELS[name]), _value(name, value)))
    return found


def _value(name: str, value: Any) -> str:
    match name:
        case "amount":
            return figures.full(Money(value), i18n.language())
        case "rate":
            return figures.pct(Rate(value))
        case "choice":
            return i18n.word(f"PrepayChoice.{value}")
        case "released":
            return i18n.said(tuple(value))
        case "capitalise" | "waive_penalty":
            return i18n.gettext(N_("是"))
        case _:
            return str(value)
