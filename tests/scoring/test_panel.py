"""Experts' scores into one: trimmed means, weights, spread, agreement (TB-07, EX-40)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from models.values.rate import Rate
from scoring.panel import kendall_w, panel_result, trimmed_mean

WEIGHTS = {
    "rd_strength": Rate.of("0.30"),
    "reliability": Rate.of("0.25"),
    "progress": Rate.of("0.20"),
    "market": Rate.of("0.25"),
}
EX_40 = {
    "rd_strength": [88, 92, 79, 85, 90],
    "reliability": [80, 76, 83, 71, 78],
    "progress": [70, 75, 68, 72, 90],
    "market": [66, 74, 81, 77, 69],
}


def sheets_of(columns: dict[str, list[int]]) -> list[dict[str, int]]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def result_of(sheets, **rules):
    return panel_result(sheets, **({"weights": WEIGHTS, "trim_from": 5, "divided_from": 30} | rules))


class TestAPanelOfFive:
    def test_drops_the_highest_and_the_lowest_score_of_each_dimension_ex_40(self):
        found = result_of(sheets_of(EX_40))
        assert found.by_dimension == {"rd_strength": 8767, "reliability": 7800, "progress": 7233, "market": 7333}
        assert found.total_hundredths == 7860

    def test_shows_how_far_apart_the_experts_are_and_where_they_are_divided(self):
        found = result_of(sheets_of(EX_40), divided_from=20)
        assert found.spread == {"rd_strength": 13, "reliability": 12, "progress": 22, "market": 15}
        assert found.divided == ("progress",)

    def test_shows_each_expert_his_own_total_and_his_distance_from_the_panel(self):
        found = result_of(sheets_of(EX_40))
        assert found.by_expert[0] == 88 * 30 + 80 * 25 + 70 * 20 + 66 * 25
        assert found.deviation[0] == found.by_expert[0] - 7860

    def test_names_the_dimensions_in_which_somebody_went_below_the_floor(self):
        assert result_of(sheets_of(EX_40), floor_each=70).below_floor == ("progress", "market")
        assert result_of(sheets_of(EX_40), floor_each=50).below_floor == ()


class TestASmallPanel:
    def test_keeps_all_its_scores(self):
        assert trimmed_mean([60, 70, 95, 80], trim_from=5) == 7625

    def test_of_nobody_has_no_result(self):
        with pytest.raises(ValueError, match="without sheets"):
            result_of([])

    def test_takes_no_sheet_that_lacks_a_dimension(self):
        with pytest.raises(ValueError, match="wanted"):
            result_of([{"rd_strength": 80}])


class TestAgreement:
    def test_is_whole_when_all_rank_alike_and_nought_when_two_contradict_each_other(self):
        assert kendall_w([[1, 2, 3, 4], [10, 20, 30, 40], [5, 6, 7, 8]]) == 1.0
        assert kendall_w([[1, 2, 3, 4], [4, 3, 2, 1]]) == 0.0

    def test_is_not_told_where_there_is_nothing_to_agree_on(self):
        assert kendall_w([[1, 2, 3, 4]]) is None
        assert kendall_w([[7, 7, 7, 7], [7, 7, 7, 7]]) is None

    @given(st.lists(st.lists(st.integers(1, 6), min_size=5, max_size=5), min_size=2, max_size=2))
    def test_of_two_experts_is_their_rank_correlation_moved_between_nought_and_one(self, rows):
        # Independent of our formula: with equal ties W = (rho + 1) / 2 for two raters.
        if len(set(rows[0])) < 5 or len(set(rows[1])) < 5:
            return
        assert kendall_w(rows) == pytest.approx((float(spearmanr(*rows).statistic) + 1) / 2, abs=6e-5)

    def test_is_corrected_for_ties(self):
        # Two raters, ranks 1.5 1.5 3 and 1 2.5 2.5: S = 2, sum of ties 12; 12 * 3.5 / (4 * 24 - 2 * 12).
        assert kendall_w([[1, 1, 2], [1, 2, 2]]) == 0.75


score = st.integers(0, 100)
sheet = st.fixed_dictionaries(dict.fromkeys(WEIGHTS, score))


@given(sheets=st.lists(sheet, min_size=1, max_size=11))
def test_a_panels_total_lies_between_its_lowest_and_its_highest_score(sheets):
    given_scores = [score for one in sheets for score in one.values()]
    found = result_of(sheets)
    assert min(given_scores) * 100 <= found.total_hundredths <= max(given_scores) * 100
    for dimension, mean in found.by_dimension.items():
        column = [one[dimension] for one in sheets]
        assert min(column) * 100 <= mean <= max(column) * 100


@given(sheets=st.lists(sheet, min_size=1, max_size=11), data=st.data())
def test_the_order_of_the_sheets_changes_nothing(sheets, data):
    shuffled = data.draw(st.permutations(sheets))
    a, b = result_of(sheets), result_of(shuffled)
    assert (a.by_dimension, a.total_hundredths, a.kendall_w) == (b.by_dimension, b.total_hundredths, b.kendall_w)
