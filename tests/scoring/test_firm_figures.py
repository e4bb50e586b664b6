"""A firm's age and figures into points; what nobody knows yet is neutral."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from models.policies.pilot import pilot_rules
from models.policies.rules import CreditRules
from models.values.money import Money
from scoring.firm_figures import FirmFacts, YearFacts, score_firm

RULES = next(rules for rules in pilot_rules() if isinstance(rules, CreditRules))
ON = date(2012, 11, 7)


def a_year(year: int, revenue: int, profit: int = 0, rd: int = 0, assets: int = 0, debts: int = 0) -> YearFacts:
    return YearFacts(year, *(Money.wan(amount) for amount in (revenue, profit, rd, assets, debts)))


def score_of(firm: FirmFacts | None):
    return score_firm(firm, rules=RULES, on=ON)


def codes(score) -> dict[str, int]:
    return {reason.code: reason.points for reason in score.reasons}


class TestAPlannedFirm:
    def test_gets_the_neutral_points_and_the_reason_says_why(self):
        found = score_of(None)
        assert (found.points, codes(found)) == (50, {"firm.planned": 50})


class TestAYoungFirmWithoutFigures:
    def test_gets_half_of_every_part_that_is_unknown_and_what_its_age_gives(self):
        found = score_of(FirmFacts(date(2012, 5, 7), ()))
        assert codes(found) == {
            "firm.age": 3,  # 6 of 36 months: 2.5 of 15
            "firm.growth_unknown": 13,
            "firm.margin_unknown": 10,
            "firm.research_unknown": 10,
            "firm.solvency_unknown": 10,
        }


class TestAFirmWithFigures:
    def test_gets_full_points_where_it_reaches_the_full_marks(self):
        years = (a_year(2010, 1_000), a_year(2011, 1_300, 195, 130, 2_000, 1_000))
        assert score_of(FirmFacts(date(2009, 1, 1), years)).points == 100

    def test_that_shrinks_and_loses_gets_nothing_for_growth_and_margin(self):
        years = (a_year(2010, 1_000), a_year(2011, 700, -100, 70, 1_000, 1_500))
        found = codes(score_of(FirmFacts(date(2009, 1, 1), years)))
        assert found == {
            "firm.age": 15, "firm.growth": 0, "firm.margin": 0, "firm.research": 20, "firm.solvency": 0
        }  # fmt: skip

    def test_is_not_compared_with_a_year_that_is_not_the_one_before(self):
        years = (a_year(2008, 1_000), a_year(2011, 1_300, assets=1))
        assert "firm.growth_unknown" in codes(score_of(FirmFacts(date(2007, 1, 1), years)))


money = st.integers(-(10**13), 10**13).map(Money)
years = st.builds(
    YearFacts, year=st.integers(2008, 2012), revenue=money, profit=money, rd_spend=money, assets=money, debts=money
)


@given(registered_on=st.dates(date(2000, 1, 1), date(2015, 1, 1)), figures=st.lists(years, max_size=4))
def test_points_lie_between_nought_and_a_hundred_and_are_the_sum_of_their_reasons(registered_on, figures):
    found = score_of(FirmFacts(registered_on, tuple(figures)))
    assert 0 <= found.points == sum(reason.points for reason in found.reasons) <= 100
