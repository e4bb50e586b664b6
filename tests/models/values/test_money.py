"""Money is whole fen: exact reading, one rounding rule, sharing that loses nothing (NUM-01, NUM-02, NUM-04)."""

import unicodedata
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.money import LIMIT_FEN, ZERO, AmountNotUnderstood, Money, half_up, total

FEN = st.integers(min_value=-(10**14), max_value=10**14)
WEIGHTS = st.lists(st.integers(0, 9_999), min_size=1, max_size=8).filter(any)


class TestReadingAnAmount:
    @pytest.mark.parametrize(
        ("text", "fen"),
        [
            ("21800000.05", 2_180_000_005),
            ("21,800,000.05", 2_180_000_005),
            ("2180,0000", 2_180_000_000),
            (" 1，500 ", 150_000),
            ("-0.01", -1),
            ("5", 500),
            ("1.500", 150),
            ("１，０００．５０", 100_050),
            ("−5", -500),
            (".5", 50),
        ],
    )
    def test_takes_yuan_exactly(self, text, fen):
        assert Money.yuan(text) == Money(fen)

    @pytest.mark.parametrize(
        ("given_amount", "reason"),
        [
            ("1.0000005", "fractions of a fen"),
            ("1." + "0" * 40 + "1", "fractions of a fen"),
            ("1." + "0" * 80 + "1", "fractions of a fen"),
            (Decimal("1e-999999"), "fractions of a fen"),
            (Decimal("1e999999"), "too large"),
            ("1e2", "scientific notation"),
            ("2.18E+07", "scientific notation"),
            ("1e999999", "scientific notation"),
            ("1E2万", "not a number"),
            ("9" * 70, "too large"),
            ("46116860184273879.04", "too large"),
            ("1,5", "misplaced commas"),
            ("15,00.00", "misplaced commas"),
            (",500", "misplaced commas"),
            ("一百", "not a number"),
            ("", "not a number"),
            ("NaN", "not a number"),
            ("Infinity", "not a number"),
            ("1_000", "not a number"),
            ("+5", "not a number"),
            ("0x10", "not a number"),
            ("1 000", "not a number"),
            ("1.2.3", "not a number"),
            ("٣", "not a number"),
            ("½", "not a number"),
            ("5\0", "not a number"),
            ("1,00", "misplaced commas"),
            ("1,500,0000", "misplaced commas"),
            ("1,000,", "misplaced commas"),
            (None, "not a number"),
            (0.1, "binary floats cannot hold money"),
            (True, "binary floats cannot hold money"),
        ],
    )
    @pytest.mark.parametrize("read", [Money.yuan, Money.wan])
    def test_refuses_what_is_no_whole_fen(self, given_amount, reason, read):
        with pytest.raises(AmountNotUnderstood) as refusal:
            read(given_amount)
        assert refusal.value.reason == reason

    def test_takes_ten_thousands_as_forms_state_them(self):
        assert Money.wan("2180") == Money.yuan("21800000")
        assert Money.wan("1,500") == Money.yuan(15_000_000)
        assert Money.wan("0.000001") == Money(1)
        with pytest.raises(AmountNotUnderstood):
            Money.wan("0.0000001")

    @pytest.mark.parametrize("fen", [1.0, True, "1", Decimal(1), Fraction(1), None])
    def test_holds_nothing_but_whole_numbers(self, fen):
        with pytest.raises(AmountNotUnderstood):
            Money(fen)

    @pytest.mark.parametrize("fen", [LIMIT_FEN, -LIMIT_FEN])
    def test_holds_nothing_the_books_could_not_sum(self, fen):
        with pytest.raises(AmountNotUnderstood):
            Money(fen)

    @given(text=st.text(alphabet="0123456789.,-+eE_ x０９，．万", max_size=12))
    def test_takes_nothing_but_digits_in_order(self, text):
        try:
            read = Money.yuan(text)
        except AmountNotUnderstood:
            return
        plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
        assert set(plain) <= set("0123456789.-")
        assert read == Money(int(Decimal(plain) * 100))

    def test_says_in_one_line_what_was_wrong(self):
        with pytest.raises(AmountNotUnderstood) as refusal:
            Money.yuan("9" * 5000)
        assert len(str(refusal.value)) < 100

    @given(fen=FEN)
    def test_and_printing_are_each_others_reverse(self, fen):
        assert Money.yuan(str(Money(fen))) == Money(fen)
        assert Money.yuan(Money(fen).in_yuan()) == Money(fen)


class TestRounding:
    @given(numerator=st.integers(), denominator=st.integers(min_value=1))
    def test_goes_to_the_nearest_and_away_from_nought_in_the_middle(self, numerator, denominator):
        rounded = half_up(numerator, denominator)
        error = abs(Fraction(numerator, denominator)) - abs(rounded)
        assert Fraction(-1, 2) <= error < Fraction(1, 2)
        assert rounded * numerator >= 0

    @given(numerator=st.integers(), denominator=st.integers(min_value=1))
    def test_treats_what_is_owed_like_what_is_due(self, numerator, denominator):
        assert half_up(-numerator, denominator) == -half_up(numerator, denominator)

    @pytest.mark.parametrize("denominator", [0, -1])
    def test_needs_a_denominator_above_nought(self, denominator):
        with pytest.raises(ZeroDivisionError):
            half_up(1, denominator)

    def test_of_a_float_product_is_refused(self):
        with pytest.raises(AmountNotUnderstood):
            Money(100).times(0.5)


class TestSharing:
    @given(fen=FEN, weights=WEIGHTS, data=st.data())
    def test_never_makes_or_loses_a_fen(self, fen, weights, data):
        residual = data.draw(st.integers(0, len(weights) - 1))
        assert total(Money(fen).shared(weights, residual=residual)) == Money(fen)

    @given(fen=FEN, weights=WEIGHTS)
    def test_rounds_every_share_but_the_residual_holders(self, fen, weights):
        shares = Money(fen).shared(weights, residual=0)
        for share, weight in list(zip(shares, weights, strict=True))[1:]:
            assert share.fen == half_up(fen * weight, sum(weights))

    @pytest.mark.parametrize("weights", [[], [0, 0], [1, -1, 2]])
    def test_refuses_weights_that_share_nothing_out(self, weights):
        with pytest.raises(ValueError, match="weights"):
            Money(100).shared(weights, residual=0)

    def test_ex_05_splits_a_loss_between_bank_and_guarantee_system(self):
        bank, national, provincial, local = Money.yuan("3456789.01").shared([20, 20, 20, 40], residual=-1)
        assert bank == national == provincial == Money.yuan("691357.80")
        assert local == Money.yuan("1382715.61")

    def test_ex_09_splits_a_recovery_after_its_costs(self):
        left = Money.yuan("812500.00") - Money.yuan("36418.77")
        bank, national, provincial, local = left.shared([20, 20, 20, 40], residual=3)
        assert bank == national == provincial == Money.yuan("155216.25")
        assert local == Money.yuan("310432.48")


class TestArithmetic:
    @given(one=FEN, other=FEN)
    def test_adds_and_takes_away_exactly(self, one, other):
        assert Money(one) + Money(other) - Money(other) == Money(one)
        assert Money(one) + -Money(one) == ZERO
        assert (Money(one) < Money(other)) is (one < other)

    def test_knows_nought(self):
        assert not ZERO
        assert Money(1)
        assert total([]) == ZERO
        assert str(Money.yuan("21800000.05")) == "21,800,000.05"
