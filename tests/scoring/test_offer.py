"""The offer: the least of its parts, a price of its parts, and the same again from what was stored."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decision import Ceiling, PriceElement
from models.policies.pilot import pilot_rules
from models.policies.rules import CreditRules, ExposureRules
from models.values.money import ZERO, Money
from models.values.rate import MILLION, Rate
from scoring.offer import OfferInputs, make_offer, pledge_needed

CREDIT = next(rules for rules in pilot_rules() if isinstance(rules, CreditRules))
EXPOSURE = next(rules for rules in pilot_rules() if isinstance(rules, ExposureRules))


def fen(yuan: int) -> int:
    return yuan * 100


INPUTS = OfferInputs(
    request_fen=fen(8_000_000),
    need_fen=fen(9_000_000),
    product_cap_fen=fen(10_000_000),
    term_months=36,
    pledge_value_fen=fen(2_000_000),
    reputation_line_fen=fen(4_000_000),
    ip_points=70,
    reputation_points=80,
    firm_points=60,
    panel_hundredths=7860,
    exposure_fen=0,
    commitments_fen=fen(300_000_000),
    capital_fen=fen(500_000_000),
    guarantee_share_ppm=800_000,
    guarantee_fee_ppm=10_000,
    funding_cost_ppm=61_500,
    funding_source="facilities",
)


def offer_of(credit: CreditRules = CREDIT, exposure: ExposureRules = EXPOSURE, **other):
    return make_offer(replace(INPUTS, **other), credit=credit, exposure=exposure)


class TestTheAmount:
    def test_of_a_sound_case_is_what_was_asked_for(self):
        offer = offer_of()
        assert (offer.amount, offer.binding) == (Money.yuan(8_000_000), Ceiling.REQUEST)
        assert offer.guaranteed == Money.yuan(6_400_000)

    @pytest.mark.parametrize(
        ("change", "amount", "binding"),
        [
            ({"pledge_value_fen": 0, "reputation_line_fen": fen(2_000_000)}, 3_000_000, Ceiling.SECURITY),
            ({"need_fen": fen(4_567_890)}, 4_560_000, Ceiling.NEED),
            ({"product_cap_fen": fen(5_000_000)}, 5_000_000, Ceiling.PRODUCT_CAP),
            ({"exposure_fen": fen(6_500_000)}, 3_500_000, Ceiling.FUND_SINGLE_CAP),
            ({"commitments_fen": fen(100_000_000)}, 5_000_000, Ceiling.FUND_SINGLE_SHARE),
            ({"capital_fen": fen(60_000_000)}, 6_000_000, Ceiling.BANK_SINGLE),
            ({"exposure_fen": fen(12_000_000)}, 0, Ceiling.FUND_SINGLE_CAP),
        ],
    )
    def test_is_bound_by_whatever_is_least_and_cut_to_whole_units(self, change, amount, binding):
        offer = offer_of(**change)
        assert (offer.amount, offer.binding) == (Money.yuan(amount), binding)

    def test_is_secured_by_pledges_the_covered_reputation_and_its_own_guaranteed_share(self):
        part = offer_of().part(Ceiling.SECURITY)
        # 2,000,000 + 30% of 4,000,000 = 3,200,000 are the own fifth of 16,000,000.
        assert part.amount == Money.yuan(16_000_000)
        assert part.inputs["guaranteed_fen"] == fen(12_800_000)

    def test_is_not_bound_by_what_nobody_measured_and_each_such_part_says_why(self):
        offer = offer_of(need_fen=None, commitments_fen=None, capital_fen=None, guarantee_share_ppm=MILLION)
        whys = {part.name: part.inputs["why"] for part in offer.parts if part.amount is None}
        assert whys == {
            Ceiling.SECURITY: "guaranteed_in_full",
            Ceiling.NEED: "not_measured",
            Ceiling.FUND_SINGLE_SHARE: "no_commitments",
            Ceiling.BANK_SINGLE: "no_capital",
        }

    def test_is_nought_below_the_least_grade_whatever_secures_it(self):
        offer = offer_of(panel_hundredths=0, reputation_points=20, ip_points=0)
        assert (offer.amount, offer.binding, offer.grade) == (ZERO, Ceiling.GRADE, "D")

    def test_leans_on_pledges_for_what_guarantee_and_reputation_leave_open(self):
        assert offer_of().pledge_needed == Money.yuan(400_000)  # 8.0m - 6.4m - 1.2m
        assert pledge_needed(Money.yuan(5_000_000), INPUTS, CREDIT) == ZERO


class TestThePrice:
    def test_is_funding_loss_cost_and_margin_in_whole_basis_points(self):
        offer = offer_of()
        assert [(part.name.value, part.ppm) for part in offer.price_parts] == [
            ("funding_cost", 61_500),
            ("expected_loss", 1_920),  # 1.60% x 60% x 20%
            ("operating_cost", 5_000),
            ("margin", 10_000),
        ]
        assert offer.rate == Rate(78_400)
        assert offer.all_in == Rate(86_400)

    def test_rises_as_less_is_guaranteed(self):
        rates = [offer_of(guarantee_share_ppm=share).rate for share in (MILLION, 800_000, 500_000, 0)]
        assert rates == sorted(rates)

    def test_stays_within_its_bounds_and_says_which_it_ran_into(self):
        assert (offer_of(funding_cost_ppm=0).rate, offer_of(funding_cost_ppm=0).price_bound) == (
            CREDIT.rate_floor,
            PriceElement.FLOOR,
        )
        dear = offer_of(funding_cost_ppm=300_000)
        assert (dear.rate, dear.price_bound) == (CREDIT.rate_cap, PriceElement.CAP)
        assert offer_of().price_bound is None

    def test_warns_of_an_all_in_price_above_the_line_loan_29(self):
        strict = CREDIT.model_copy(update={"allin_warn": Rate(86_399)})
        assert offer_of(credit=strict).warnings == ("all_in_high",)
        assert offer_of().warnings == ()


class TestAStoredOffer:
    def test_comes_out_the_same_from_its_stored_inputs(self):
        stored = json.loads(json.dumps({"inputs": INPUTS.as_dict(), "offer": offer_of().as_dict()}))
        again = make_offer(OfferInputs.of(stored["inputs"]), credit=CREDIT, exposure=EXPOSURE)
        assert again.as_dict() == stored["offer"]


amounts = st.integers(0, 10**11)
maybe = st.one_of(st.none(), amounts)
inputs = st.builds(
    OfferInputs,
    request_fen=st.integers(1, 10**11),
    need_fen=maybe,
    product_cap_fen=amounts,
    term_months=st.integers(1, 120),
    pledge_value_fen=amounts,
    reputation_line_fen=amounts,
    ip_points=st.integers(0, 100),
    reputation_points=st.integers(0, 100),
    firm_points=st.integers(0, 100),
    panel_hundredths=st.integers(0, 10_000),
    exposure_fen=amounts,
    commitments_fen=maybe,
    capital_fen=maybe,
    guarantee_share_ppm=st.integers(0, MILLION),
    guarantee_fee_ppm=st.integers(0, 50_000),
    funding_cost_ppm=st.integers(0, 200_000),
    funding_source=st.sampled_from(["facilities", "rules"]),
)


@given(given=inputs)
def test_an_offer_never_exceeds_any_of_its_parts(given):
    offer = make_offer(given, credit=CREDIT, exposure=EXPOSURE)
    for part in offer.parts:
        assert part.amount is None or offer.amount <= part.amount
    assert offer.amount.fen % CREDIT.amount_unit.fen == 0
    assert offer.binding is Ceiling.GRADE or offer.part(offer.binding).amount is not None
    assert ZERO <= offer.guaranteed <= offer.amount
    assert CREDIT.rate_floor <= offer.rate <= CREDIT.rate_cap
    assert offer.rate.ppm % 100 == 0


@given(given=inputs)
def test_an_offer_is_secured_by_what_is_counted(given):
    offer = make_offer(given, credit=CREDIT, exposure=EXPOSURE)
    covered = CREDIT.reputation_cover_share.of_amount(Money(given.reputation_line_fen)).fen
    own = Fraction(offer.amount.fen * (MILLION - given.guarantee_share_ppm), MILLION)
    assert own <= given.pledge_value_fen + covered
    assert offer.pledge_needed.fen <= given.pledge_value_fen + 1  # a fen of rounding of the guaranteed part


@given(given=inputs, more=st.integers(0, 10**10))
def test_more_pledged_never_lowers_the_amount(given, more):
    before = make_offer(given, credit=CREDIT, exposure=EXPOSURE)
    after = make_offer(replace(given, pledge_value_fen=given.pledge_value_fen + more), credit=CREDIT, exposure=EXPOSURE)
    assert after.amount >= before.amount
