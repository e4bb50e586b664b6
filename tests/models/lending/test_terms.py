"""What a contract may say about repaying (LOAN-13 to LOAN-16)."""

from dataclasses import replace
from datetime import date

import pytest

from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod, Terms, TermsNotValid

START, MATURITY = date(2025, 1, 31), date(2026, 1, 31)
PLAIN = Terms(
    principal_fen=500_000_000,
    rate_ppm=43_500,
    start=START,
    maturity=MATURITY,
    method=RepaymentMethod.BULLET,
    day_basis=360,
)
FREE = {
    "method": RepaymentMethod.FREE_FORM,
    "plan": (PlannedPrincipal(date(2025, 6, 30), 100_000_000), PlannedPrincipal(MATURITY, 400_000_000)),
}


class TestTerms:
    @pytest.mark.parametrize(
        ("changes", "field", "reason"),
        [
            ({"principal_fen": 0}, "principal_fen", "not above nought"),
            ({"principal_fen": -1}, "principal_fen", "not above nought"),
            ({"principal_fen": 2**62}, "principal_fen", "too large"),
            ({"principal_fen": 1e6}, "principal_fen", "not a whole number"),
            ({"principal_fen": True}, "principal_fen", "not a whole number"),
            ({"rate_ppm": 0.0435}, "rate_ppm", "not a whole number"),
            ({"rate_ppm": -1}, "rate_ppm", "below nought"),
            ({"rate_ppm": 1_000_001}, "rate_ppm", "above 100% a year"),
            ({"day_basis": 366}, "day_basis", "neither 360 nor 365"),
            ({"maturity": START}, "maturity", "not after the start"),
            ({"maturity": date(2126, 2, 28)}, "maturity", "too far away"),
            (
                {"method": RepaymentMethod.EQUAL_PRINCIPAL, "maturity": date(2026, 1, 30)},
                "maturity",
                "not a whole number of periods after the start",
            ),
            (
                {"method": RepaymentMethod.EQUAL_INSTALMENTS, "months_each": 3, "maturity": date(2026, 2, 28)},
                "maturity",
                "not a whole number of periods after the start",
            ),
            ({"method": RepaymentMethod.EQUAL_INSTALMENTS, "months_each": 5}, "months_each", "does not divide a year"),
            ({"method": RepaymentMethod.EQUAL_INSTALMENTS, "months_each": 0}, "months_each", "does not divide a year"),
            ({"method": RepaymentMethod.INTEREST_FIRST}, "settle_day", "missing"),
            ({"settle_freq": Frequency.MONTH}, "settle_day", "missing"),
            ({"settle_day": 20}, "settle_freq", "missing"),
            ({"settle_day": 32, "settle_freq": Frequency.MONTH}, "settle_day", "not a day of the month"),
            ({"plan": FREE["plan"]}, "plan", "only for free-form repayment"),
            ({"method": RepaymentMethod.FREE_FORM}, "plan", "missing"),
            (FREE | {"principal_fen": 500_000_001}, "plan", "does not sum to the principal"),
            (FREE | {"maturity": date(2026, 3, 1)}, "plan", "does not end at maturity"),
            (FREE | {"plan": FREE["plan"][::-1]}, "plan", "dates do not rise from the start"),
            (
                FREE | {"plan": (PlannedPrincipal(START, 100_000_000), FREE["plan"][1])},
                "plan",
                "dates do not rise from the start",
            ),
            (
                FREE | {"plan": (PlannedPrincipal(MATURITY, 500_000_000), PlannedPrincipal(MATURITY, 0))},
                "plan",
                "an amount is not above nought",
            ),
        ],
    )
    def test_that_cannot_be_repaid_are_refused_with_field_and_reason(self, changes, field, reason):
        with pytest.raises(TermsNotValid) as refused:
            replace(PLAIN, **changes)
        assert (refused.value.field, refused.value.reason) == (field, reason)

    def test_count_whole_periods_from_the_last_day_of_a_month(self):
        """LOAN-22"""
        assert replace(PLAIN, maturity=date(2025, 2, 28), method=RepaymentMethod.EQUAL_PRINCIPAL).periods == 1
        assert replace(PLAIN, method=RepaymentMethod.EQUAL_PRINCIPAL, months_each=3).periods == 4

    def test_settle_monthly_or_quarterly(self):
        assert (Frequency.MONTH.months, Frequency.QUARTER.months) == (1, 3)
