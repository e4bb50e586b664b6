"""The guarantor's arithmetic, with the rulebook's examples EX-01 to EX-10."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.lending.guarantor_book import BookMix, ClientBalance
from models.policies.pilot import pilot_rules
from models.policies.rules import GuaranteeRules
from models.values.money import ZERO, Money
from models.values.rate import Rate, interest
from scoring import guarantee_math as gm

RULES = next(rules for rules in pilot_rules() if isinstance(rules, GuaranteeRules))
SHARES = {"bank": Rate.of("0.20"), "national": Rate.of("0.20"), "provincial": Rate.of("0.20"), "local": Rate.of("0.40")}

fen = st.integers(0, 10**13)


def yuan(text: str) -> Money:
    return Money.yuan(text)


def client(amount: str, *, small: bool = True, firm_id: int = 1) -> ClientBalance:
    return ClientBalance(firm_id, 1, small, yuan(amount))


class TestTheLiabilityBalance:
    def test_weighs_each_kind_of_guarantee(self):  # EX-01
        small, whole = Rate.of("0.75"), Rate.of("1")
        liability = gm.weighted_liability(
            [
                (yuan("186400000.00"), small),
                (yuan("9600000.00"), small),
                (yuan("72350000.00"), whole),
                (yuan("3000000.00"), whole),
            ]
        )
        assert liability == yuan("222350000.00")
        multiple = gm.multiple(liability, yuan("21800000.00"))
        assert f"{float(multiple):.4f}" == "10.1995"
        assert 10 < multiple <= 15

    def test_counts_a_small_firm_less_up_to_the_cap_per_client(self):
        assert gm.client_liability([client("5000000")], RULES) == yuan("3750000")
        assert gm.client_liability([client("5000000.01")], RULES) == yuan("5000000.01")
        assert gm.client_liability([client("4000000", small=False)], RULES) == yuan("4000000")

    def test_has_no_multiple_without_net_assets(self):
        with pytest.raises(ValueError):
            gm.multiple(yuan("1"), ZERO)

    @given(balances=st.lists(st.tuples(st.booleans(), fen), max_size=8))
    def test_never_exceeds_what_is_guaranteed(self, balances):
        clients = [ClientBalance(n, n, small, Money(amount)) for n, (small, amount) in enumerate(balances)]
        assert gm.client_liability(clients, RULES) <= Money(sum(amount for _, amount in balances))


class TestTheMultiple:
    def test_is_the_higher_one_for_a_book_mainly_of_small_firms(self):
        assert gm.allowed_multiple(BookMix(yuan("50"), yuan("50"), 4, 5), RULES) == 15

    @pytest.mark.parametrize(
        "mix", [BookMix(), BookMix(yuan("49.99"), yuan("50.01"), 4, 5), BookMix(yuan("90"), yuan("10"), 3, 4)]
    )
    def test_is_the_lower_one_otherwise(self, mix):
        assert gm.allowed_multiple(mix, RULES) == 10


class TestCapacity:
    def test_leaves_what_the_cap_is_above_the_liability(self):
        capacity = gm.capacity_of(yuan("21800000"), BookMix(yuan("196000000"), yuan("75350000"), 9, 10), RULES)
        assert capacity.liability == yuan("222350000")
        assert capacity.multiple_max == 15
        assert capacity.cap == yuan("327000000")
        assert capacity.headroom == yuan("104650000")
        assert capacity.small_share == Fraction(196_000_000, 271_350_000)

    def test_is_nought_without_net_assets(self):
        capacity = gm.capacity_of(yuan("-5"), BookMix(), RULES)
        assert (capacity.cap, capacity.single_cap, capacity.headroom) == (ZERO, ZERO, ZERO)

    def test_gives_one_client_the_least_of_his_own_and_his_groups_room(self):  # EX-02
        capacity = gm.capacity_of(yuan("52000000"), BookMix(yuan("8000000"), ZERO, 5, 5), RULES)
        assert capacity.single_cap == yuan("5200000")
        assert capacity.group_cap == yuan("7800000")
        room = gm.client_headroom(capacity, single=yuan("3100000"), group=yuan("5900000"))
        assert room == yuan("1900000")


class TestFeeAndReserves:
    def test_half_of_a_years_fees_is_unearned(self):  # EX-03
        assert gm.unearned_reserve(yuan("1234567.89"), RULES.unearned_rate) == yuan("617283.95")

    def test_the_compensation_reserve_stops_at_its_ceiling(self):  # EX-04
        opening, used = yuan("21500000"), yuan("480000")
        provision = gm.compensation_provision(
            yuan("222350000"), opening=opening, used=used, rate=RULES.comp_rate, ceiling=RULES.comp_ceiling
        )
        assert provision == yuan("1215000")
        assert opening - used + provision == yuan("22235000")

    def test_nothing_more_is_provided_beyond_the_ceiling(self):
        provision = gm.compensation_provision(
            yuan("100"), opening=yuan("10.01"), used=ZERO, rate=RULES.comp_rate, ceiling=RULES.comp_ceiling
        )
        assert provision == ZERO

    def test_the_fee_runs_by_the_day(self):  # EX-06
        assert gm.fee(yuan("4000000"), Rate.of("0.008"), date(2025, 3, 17), date(2026, 3, 17)) == yuan("32444.44")

    def test_no_fee_for_no_time(self):
        assert gm.fee(yuan("4000000"), Rate.of("0.008"), date(2025, 3, 17), date(2025, 3, 10)) == ZERO


class TestLossesAndRecoveries:
    def test_a_loss_is_told_apart_with_the_local_guarantor_taking_the_rest(self):  # EX-05
        assert gm.shared_loss(yuan("3456789.01"), SHARES, residual="local") == {
            "bank": yuan("691357.80"),
            "national": yuan("691357.80"),
            "provincial": yuan("691357.80"),
            "local": yuan("1382715.61"),
        }

    def test_compensation_is_the_guaranteed_share_of_principal_and_interest(self):  # EX-08
        paid = gm.payout(yuan("2875000"), yuan("41687.50"), share_ppm=800_000, covers_interest=True)
        assert paid.amount == yuan("2333350.00")
        assert paid.principal == yuan("2300000.00")

    def test_compensation_leaves_interest_out_where_it_is_not_covered(self):
        paid = gm.payout(yuan("2875000"), yuan("41687.50"), share_ppm=800_000, covers_interest=False)
        assert (paid.principal, paid.interest) == (yuan("2300000.00"), ZERO)

    @given(principal=fen, unpaid=fen, share=st.integers(1, 1_000_000))
    def test_compensation_never_takes_more_than_the_loss_of_either_kind(self, principal, unpaid, share):
        paid = gm.payout(Money(principal), Money(unpaid), share_ppm=share, covers_interest=True)
        assert ZERO <= paid.principal <= Money(principal)
        assert ZERO <= paid.interest <= Money(unpaid)

    def test_costs_come_first_and_the_rest_follows_the_losses(self):  # EX-09
        costs, parts = gm.shared_recovery(yuan("812500"), yuan("36418.77"), SHARES, residual="local")
        assert costs == yuan("36418.77")
        assert parts == {
            "bank": yuan("155216.25"),
            "national": yuan("155216.25"),
            "provincial": yuan("155216.25"),
            "local": yuan("310432.48"),
        }

    def test_costs_above_what_was_recovered_leave_nothing_to_share(self):
        costs, parts = gm.shared_recovery(yuan("100"), yuan("300"), SHARES, residual="local")
        assert costs == yuan("100")
        assert set(parts.values()) == {ZERO}

    def test_the_compensation_rate_is_measured_on_what_was_released(self):  # EX-10
        rate = gm.compensation_rate(yuan("4630000"), yuan("98500000"))
        assert f"{float(rate):.4f}" == "0.0470"
        assert rate <= Fraction(5, 100)

    def test_the_compensation_rate_is_nought_when_nothing_was_released(self):
        assert gm.compensation_rate(yuan("1"), ZERO) == 0


class TestAssetRatios:
    def test_are_measured_on_assets_less_compensation_receivable(self):  # EX-07
        ratios = gm.asset_ratios(
            yuan("80000000"),
            yuan("3500000"),
            (yuan("31000000"), yuan("26500000"), yuan("19000000")),
            net_assets=yuan("52000000"),
            reserves=(yuan("617283.95"), yuan("2223500")),
        )
        assert ratios.base == yuan("76500000")
        shown = [ratios.first_and_second, ratios.first, ratios.third, ratios.own_funds]
        assert [f"{float(ratio):.4f}" for ratio in shown] == ["0.7516", "0.4052", "0.2484", "0.6855"]
        limits = {"both_min": "0.70", "first_min": "0.20", "third_max": "0.30", "own_funds_min": "0.60"}
        assert ratios.within(**{name: Rate.of(limit) for name, limit in limits.items()})

    def test_want_assets(self):
        with pytest.raises(ValueError):
            gm.asset_ratios(yuan("5"), yuan("5"), (ZERO, ZERO, ZERO), net_assets=ZERO)


def test_a_fee_earned_month_by_month_sums_to_the_fee_of_the_term():
    days = [date(2025, 1, 1), date(2025, 1, 31), date(2025, 2, 28), date(2025, 4, 1)]
    parts = [gm.fee(yuan("3600000"), Rate.of("0.01"), a, b) for a, b in pairwise(days)]
    assert sum(part.fen for part in parts) == interest(yuan("3600000"), Rate.of("0.01"), 90).fen
