"""Amounts and dates in capitals (ID-04, ID-06)."""

from datetime import date

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values.money import Money
from models.values.numerals import NoCapitals, capitals, capitals_date


class TestCapitals:
    def test_ex_58_state_the_pilots_sum(self):
        assert capitals(Money.yuan("21800000.05")) == "人民币贰仟壹佰捌拾万元零伍分"

    @pytest.mark.parametrize(
        ("amount", "text"),
        [
            ("0", "零元整"),
            ("0.05", "伍分"),
            ("0.50", "伍角整"),
            ("10", "壹拾元整"),
            ("110", "壹佰壹拾元整"),
            ("1409.50", "壹仟肆佰零玖元伍角整"),
            ("6007.14", "陆仟零柒元壹角肆分"),
            ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
            ("107000.53", "壹拾万柒仟元伍角叁分"),
            ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
            ("100000001", "壹亿零壹元整"),
            ("10203004005", "壹佰零贰亿零叁佰万肆仟零伍元整"),
            ("1000000000000", "壹万亿元整"),
        ],
    )
    def test_follow_the_settlement_rules(self, amount, text):
        assert capitals(Money.yuan(amount)) == "人民币" + text

    def test_leave_out_zheng_after_jiao_where_told_to(self):
        assert capitals(Money.yuan("0.5"), zheng_after_jiao=False) == "人民币伍角"
        assert capitals(Money.yuan("5"), zheng_after_jiao=False) == "人民币伍元整"

    def test_do_not_exist_below_nought(self):
        with pytest.raises(NoCapitals):
            capitals(Money(-1))

    @given(fen=st.integers(0, 10**14 - 1) | st.integers(0, 10**7))
    def test_agree_with_another_library(self, fen):
        theirs = cn2an.an2cn(f"{fen // 100}.{fen % 100:02d}", "rmb")
        assert capitals(Money(fen), zheng_after_jiao=False) == "人民币" + theirs

    @given(one=st.integers(0, 10**16), other=st.integers(0, 10**16))
    def test_differ_where_amounts_differ(self, one, other):
        assert (capitals(Money(one)) == capitals(Money(other))) is (one == other)


class TestADateInCapitals:
    @pytest.mark.parametrize(
        ("day", "text"),
        [
            (date(2025, 1, 15), "贰零贰伍年零壹月壹拾伍日"),
            (date(2025, 2, 12), "贰零贰伍年零贰月壹拾贰日"),
            (date(2025, 10, 20), "贰零贰伍年零壹拾月零贰拾日"),
            (date(2026, 11, 24), "贰零贰陆年壹拾壹月贰拾肆日"),
            (date(2026, 12, 9), "贰零贰陆年壹拾贰月零玖日"),
            (date(2026, 3, 10), "贰零贰陆年叁月零壹拾日"),
            (date(2026, 8, 30), "贰零贰陆年捌月零叁拾日"),
            (date(2026, 5, 31), "贰零贰陆年伍月叁拾壹日"),
        ],
    )
    def test_leaves_no_room_for_additions(self, day, text):
        assert capitals_date(day) == text
