"""Equal instalments and equal principal on columns: exact, whole and 64 bits wide (LOAN-13, LOAN-14)."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.equal import equal_instalments, equal_principal, exact_instalment
from models.values.money import half_up

CASES = Path(__file__).parents[4] / "shared" / "data" / "schedules"

LOANS = st.lists(
    st.tuples(st.integers(1, 10**12), st.integers(0, 1_000_000), st.integers(1, 120)), min_size=1, max_size=6
)
METHODS = pytest.mark.parametrize("method", [equal_instalments, equal_principal])


def one_by_one(principal, rate, periods, unit=12_000_000):
    """The rule of LOAN-13 in plain integers: the oracle of the columns."""
    level, owed, rows = exact_instalment(principal, rate, periods, unit=unit), principal, []
    for row in range(periods):
        interest = half_up(owed * rate, unit)
        part = owed if row == periods - 1 else min(level - interest, owed)
        owed -= part
        rows.append((interest, part, owed))
    return level, rows


class TestColumnsOfLoans:
    @METHODS
    @given(loans=LOANS)
    def test_repay_every_loan_to_the_last_fen(self, method, loans):
        principal, rate, periods = map(list, zip(*loans, strict=True))
        made = method(principal, rate, periods)
        assert made.principal.sum(axis=0).tolist() == principal
        assert not made.balance[-1].any()
        assert (made.principal >= 0).all()
        assert (made.interest >= 0).all()
        assert (made.balance >= 0).all()
        for loan, number in enumerate(periods):
            assert not made.payment[number:, loan].any()

    @given(loans=LOANS, months_each=st.sampled_from([1, 3, 6, 12]))
    def test_equal_the_rule_in_plain_integers(self, loans, months_each):
        principal, rate, periods = map(list, zip(*loans, strict=True))
        made = equal_instalments(principal, rate, periods, months_each=months_each)
        for loan in range(len(loans)):
            level, rows = one_by_one(*loans[loan], unit=12_000_000 // months_each)
            assert made.level[loan] == level
            columns = (made.interest[:, loan], made.principal[:, loan], made.balance[:, loan])
            assert list(zip(*(column[: len(rows)].tolist() for column in columns), strict=True)) == rows

    @given(principal=st.integers(10**8, 10**12), rate=st.integers(0, 240_000), periods=st.integers(1, 120))
    def test_end_with_a_payment_near_the_others(self, principal, rate, periods):
        made = equal_instalments(principal, rate, periods)
        # Each period may round the instalment and the interest by half a fen each; later interest compounds it.
        grown = (1 + Fraction(rate, 12_000_000)) ** periods
        assert abs(int(made.payment[-1, 0]) - int(made.level[0])) <= periods * grown + 1

    @METHODS
    def test_may_be_none_at_all(self, method):
        assert method([], [], []).payment.shape == (0, 0)

    @METHODS
    def test_of_a_few_fen_are_cleared_early_and_never_overpaid(self, method):
        assert method(18, 0, 36).principal[:, 0].tolist() == [1] * 18 + [0] * 18

    def test_settle_an_instalment_on_the_half_exactly(self):
        assert equal_instalments([1, 3, 5, 10**15 + 1], 0, 2).level.tolist() == [1, 2, 3, (10**15 + 2) // 2]

    def test_stay_exact_where_floats_have_no_fen_left(self):
        large = 9_000_000_000_000_003
        assert equal_instalments(large, 1, 7).level.tolist() == [exact_instalment(large, 1, 7)]

    @METHODS
    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ((1.5, 1, 1), TypeError),
            ((True, 1, 1), TypeError),
            ((1, 0.05, 1), TypeError),
            (("1", 1, 1), TypeError),
            ((-1, 1, 1), ValueError),
            ((1, -1, 1), ValueError),
            ((1, 1, 0), ValueError),
            ((2**63, 1, 1), OverflowError),
            ((2**64, 1, 1), OverflowError),
            ((2**62, 3, 1), OverflowError),
            ((2**62, 0, 1), OverflowError),
        ],
    )
    def test_refuse_what_is_not_whole_or_too_wide(self, method, arguments, error):
        with pytest.raises(error):
            method(*arguments)

    def test_refuse_periods_that_do_not_divide_a_year(self):
        with pytest.raises(ValueError, match="do not divide a year"):
            equal_instalments(1, 1, 1, months_each=5)

    def test_measure_each_loan_before_refusing_the_largest_with_the_highest_rate(self):
        made = equal_instalments([9 * 10**12, 1], [900_000, 10**6], [12, 12])
        assert made.principal.sum(axis=0).tolist() == [9 * 10**12, 1]
        mixed = equal_instalments([2**60, 1], [1, 10**6], [1, 1])
        assert mixed.principal.tolist() == [[2**60, 1]]


def cases(name, fits):
    path = CASES / name
    if not path.exists():
        return [pytest.param(None, id=f"{name} is absent", marks=pytest.mark.skip(reason=f"{name} is not here"))]
    return [pytest.param(case, id=case["id"]) for case in json.loads(path.read_text())["cases"] if fits(case)]


def rounds_as_we_do(case):
    given = case["input"]
    return (
        given["rate_rule"] == "nominal_over_periods"
        and given["payment_rounding"] == given["interest_rounding"] == "HALF_UP"
        and given["balance_tracking"] == "rounded"
        and "rate_changes" not in given
    )


def fen(text):
    return int(Decimal(text) * 100)


def level_and_rows(given):
    rate = int(Decimal(given["annual_rate_percent"]) * 10_000)
    months_each = 12 // int(given["periods_per_year"])
    return equal_instalments(fen(given["principal"]), rate, given["n"], months_each=months_each)


class TestPublishedSchedules:
    @pytest.mark.parametrize("case", cases("mortgagemath.json", rounds_as_we_do))
    def test_of_textbooks_come_out_alike(self, case):
        made = level_and_rows(case["input"])
        assert made.level[0] == fen(case["expected"]["payment"])
        for row in case["expected"].get("rows", ()):
            at = row["no"] - 1
            assert made.principal[at, 0] == fen(row["principal"])
            assert made.interest[at, 0] == fen(row["interest"])
            assert made.balance[at, 0] == fen(row["balance"])

    @pytest.mark.parametrize(
        "case", cases("cn_peers.json", lambda case: case["input"].get("unrounded") and "payment" in case["expected"])
    )
    def test_of_chinese_calculators_come_out_alike(self, case):
        expected = case["expected"]
        allowed = Decimal(case["tolerance"]["abs"]) * 100
        made = level_and_rows(case["input"])
        assert abs(int(made.level[0]) - fen(expected["payment"])) <= allowed
        if "total_interest" in expected:  # theirs is unrounded, ours the sum of rounded interests
            assert abs(int(made.interest.sum()) - fen(expected["total_interest"])) <= case["input"]["n"]

    @pytest.mark.parametrize(
        "case",
        cases("numpy_financial.json", lambda case: case["input"].get("function") == "PMT"),
    )
    def test_of_spreadsheet_functions_come_out_alike(self, case):
        arguments = case["input"]["args"]
        rate = Fraction(arguments["rate"]) * 12_000_000
        assert abs(rate - round(rate)) < Fraction(1, 10**6)
        level = exact_instalment(fen(arguments["pv"]), round(rate), int(arguments["nper"]))
        assert level == half_up(-int(Decimal(case["expected"]["value"]) * 10**6), 10**4)


def test_a_hundred_thousand_loans_fit_in_one_call():
    random = np.random.default_rng(7)
    principal = random.integers(1_000_000, 3_000_000_000, 100_000)
    made = equal_instalments(principal, random.integers(30_000, 80_000, 100_000), 12)
    assert (made.principal.sum(axis=0) == principal).all()
    assert abs(made.payment[-1] - made.level).max() <= 26
