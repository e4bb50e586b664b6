"""Points into one total, and the total into a grade on the expert's scale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policies.pilot import pilot_rules
from models.policies.rules import CreditRules
from models.values.rate import Rate
from scoring.grading import grade_of, next_grade, reaches, total_points

RULES = next(rules for rules in pilot_rules() if isinstance(rules, CreditRules))


class TestTheTotal:
    def test_weighs_the_four_sides(self):
        assert total_points(RULES.points_weights, ip=60, reputation=80, firm=50, panel_hundredths=7860) == 71

    def test_before_the_panel_has_scored_shares_its_weight_among_the_others(self):
        assert total_points(RULES.points_weights, ip=60, reputation=80, firm=50) == 67  # (15 + 20 + 5) / 0.60

    @given(
        ip=st.integers(0, 100),
        reputation=st.integers(0, 100),
        firm=st.integers(0, 100),
        panel=st.one_of(st.none(), st.integers(0, 10_000)),
    )
    def test_lies_between_the_lowest_and_the_highest_side(self, ip, reputation, firm, panel):
        sides = [ip * 100, reputation * 100, firm * 100] + ([] if panel is None else [panel])
        total = total_points(RULES.points_weights, ip=ip, reputation=reputation, firm=firm, panel_hundredths=panel)
        assert (min(sides) + 50) // 100 <= total <= (max(sides) + 50) // 100


class TestTheGrade:
    @pytest.mark.parametrize(
        ("points", "grade", "rate"),
        [(100, "AAA", "0.006"), (90, "AAA", "0.006"), (89, "AA", "0.01"), (45, "C", "0.11"), (44, "D", "0.25")],
    )
    def test_is_the_best_whose_points_are_reached(self, points, grade, rate):
        assert grade_of(points, RULES.grades) == (grade, Rate.of(rate))

    def test_says_what_is_missing_to_the_next(self):
        assert next_grade(78, RULES.grades) == ("AA", 4)
        assert next_grade(0, RULES.grades) == ("C", 45)
        assert next_grade(95, RULES.grades) is None

    def test_reaches_another_when_it_is_as_good_or_better(self):
        assert reaches("C", "C", RULES.grades)
        assert reaches("AAA", "C", RULES.grades)
        assert not reaches("D", "C", RULES.grades)
