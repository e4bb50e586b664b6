"""Checks before credit is given (贷款审查要点): pure facts in; passed, warned or stopped out, each with its rule.

A rule that statute or regulation states stops; what is practice or advice warns (rulebook section 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from models.firm import FirmSize
from models.policies.rules import PrudenceRules, SizeLine
from models.values.money import Money
from models.values.rate import Rate


class Verdict(StrEnum):
    """How a check came out, the worst last."""

    PASS = "pass"  # nosec B105  a verdict, no password
    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its rule, how it came out, the word of the sentence that says so, and the facts of the sentence."""

    rule: str
    verdict: Verdict
    word: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def size_of(line: SizeLine, *, staff: int, revenue: Money) -> FirmSize:
    """The size by the national standard (LOAN-30): both staff and revenue have to reach a line, or the one below holds.

    A figure that stands exactly on a line has reached it.
    """
    for size, least_staff, least_revenue in (
        (FirmSize.LARGE, line.large_staff, line.large_revenue),
        (FirmSize.MEDIUM, line.medium_staff, line.medium_revenue),
        (FirmSize.SMALL, line.small_staff, line.small_revenue),
    ):
        if staff >= least_staff and revenue >= least_revenue:
            return size
    return FirmSize.MICRO


def tenor(rules: PrudenceRules, *, product: str, months: int) -> Check:
    """LOAN-01: fixed assets at most so long; working capital so long, and longer only where the cash cycle is long."""
    fixed = product in rules.fixed_asset_products
    most = rules.tenor_fa_max_months if fixed else rules.tenor_wc_long_months
    facts = {"months": months, "most": most, "usual": most if fixed else rules.tenor_wc_max_months}
    if months > most:
        return Check("LOAN-01", Verdict.STOP, "tenor_too_long", facts)
    if months > facts["usual"]:
        return Check("LOAN-01", Verdict.WARN, "tenor_needs_long_cycle", facts)
    return Check("LOAN-01", Verdict.PASS, "tenor_within", facts)


def size(*, recorded: FirmSize | None, kept: FirmSize | None) -> Check:
    """LOAN-30 and TB-02: determined, not large, and the same as the file says."""
    if recorded is None:
        return Check("LOAN-30", Verdict.WARN, "size_not_determined")
    facts = {"size": recorded, "kept": kept}
    if recorded is FirmSize.LARGE:
        return Check("LOAN-30", Verdict.STOP, "size_large", facts)
    return Check("LOAN-30", Verdict.PASS, "size_determined", facts)


def single_borrower(*, capital: Money | None, share: Rate, exposure: Money, asked: Money) -> Check:
    """LOAN-08: what the client owes and asks for, against its share of the lender's capital; equal is within (NUM-06)."""
    after = exposure + asked
    if capital is None:
        return Check("LOAN-08", Verdict.WARN, "capital_of_partner", {"after": after, "share": share})
    most = share.of_amount(capital)
    facts = {"after": after, "most": most, "share": share}
    return Check("LOAN-08", Verdict.STOP, "above_single", facts) if after > most else Check(
        "LOAN-08", Verdict.PASS, "within_single", facts
    )  # fmt: skip


def all_in(*, price: Rate | None, warn: Rate) -> Check:
    """LOAN-29: interest and fees together; over the line is a legal risk of a licensed lender, so it warns."""
    if price is None:
        return Check("LOAN-29", Verdict.WARN, "not_priced", {"warn": warn})
    facts = {"price": price, "warn": warn}
    return Check("LOAN-29", Verdict.WARN, "price_high", facts) if price > warn else Check(
        "LOAN-29", Verdict.PASS, "price_within", facts
    )  # fmt: skip


def consent(*, given: bool, enquiries: int) -> Check:
    """LOAN-32: written consent before any enquiry."""
    if not given:
        return Check("LOAN-32", Verdict.STOP, "no_consent")
    if not enquiries:
        return Check("LOAN-32", Verdict.WARN, "no_enquiry")
    return Check("LOAN-32", Verdict.PASS, "enquired", {"number": enquiries})


def need(*, wanted: bool, measured: bool, allowed: Money | None, beyond: bool, asked: Money) -> Check | None:
    """LOAN-04: measured where the product asks for it; the amount within it, or beyond it with the decider's reason."""
    if not measured or allowed is None:
        return Check("LOAN-04", Verdict.WARN, "need_not_measured") if wanted else None
    facts = {"asked": asked, "allowed": allowed}
    if asked > allowed:
        return Check("LOAN-04", Verdict.STOP, "above_need" if allowed else "no_need", facts)
    return Check(
        "LOAN-04", Verdict.WARN if beyond else Verdict.PASS, "need_exceeded" if beyond else "within_need", facts
    )
