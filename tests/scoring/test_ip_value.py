"""Rights as security: what they are worth, what bars their pledge, and the points they give (IP-04 to IP-15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.intellectual_property import IPKind, IPStatus, PledgeBar
from models.policies.pilot import pilot_rules
from models.policies.rules import CreditRules
from models.values.money import ZERO, Money
from models.values.rate import Rate
from scoring.ip_rights import AppraisalFacts, AssetFacts, fee_standing, pledge_bars
from scoring.ip_value import asset_value, score_ip, valuation_index

RULES = next(rules for rules in pilot_rules() if isinstance(rules, CreditRules))
ON = date(2012, 11, 7)
MATURITY = date(2014, 11, 7)


def appraised(yuan: int | str, base_date: date = date(2012, 9, 30)) -> AppraisalFacts:
    low = Money.yuan(yuan)
    return AppraisalFacts(base_date, low, low.times(5, 4), low.times(3, 2))


def an_asset(**other) -> AssetFacts:
    """A granted invention patent, its fees paid, found worth a million at the low end."""
    facts = {
        "number": "200910000001.9",
        "title": "一种示例材料",
        "kind": IPKind.INVENTION,
        "status": IPStatus.GRANTED,
        "owned": True,
        "co_owned": False,
        "co_owner_consent": False,
        "service_invention_cleared": True,
        "filed_on": date(2009, 4, 20),
        "granted_on": date(2011, 6, 15),
        "expires_on": date(2029, 4, 20),
        "fees_paid_through": date(2013, 4, 20),
        "claims": 10,
        "family_size": 2,
        "citations": 4,
        "technical_score": 80,
        "economic_score": 70,
        "appraisal": appraised(1_000_000),
        "pledged": ZERO,
    }
    return AssetFacts(**(facts | other))


def bars_of(asset: AssetFacts, on: date = ON, maturity: date = MATURITY) -> tuple[PledgeBar, ...]:
    return pledge_bars(asset, on=on, maturity=maturity)


def value_of(asset: AssetFacts, rules: CreditRules = RULES, on: date = ON, maturity: date = MATURITY):
    return asset_value(asset, rules=rules, on=on, maturity=maturity)


class TestTheCapacityOfPledges:
    def test_is_the_low_end_of_each_valuation_times_the_rate_of_its_kind_ex_38(self):
        items = (
            (IPKind.INVENTION, 6_200_000),
            (IPKind.INVENTION, 3_150_000),
            (IPKind.UTILITY, 880_000),
            (IPKind.SOFTWARE, 1_240_000),
        )
        score = score_ip(
            [an_asset(kind=kind, appraisal=appraised(value)) for kind, value in items],
            rules=RULES,
            on=ON,
            maturity=MATURITY,
        )
        lendable = [asset.pledge_value for asset in score.assets]
        assert lendable[0] + lendable[1] == Money.yuan(3_740_000)
        assert lendable[2:] == [Money.yuan(220_000), Money.yuan(372_000)]
        assert score.pledge_value == Money.yuan(4_332_000)
        principal = Money.yuan(4_000_000)
        assert round(principal.fen / score.pledge_value.fen, 4) == 0.9234
        assert principal <= score.pledge_value

    def test_is_reduced_by_what_the_right_secures_already(self):
        value = value_of(an_asset(pledged=Money.yuan(150_000)))
        assert value.pledge_value == Money.yuan(250_000)

    def test_is_gone_when_the_right_secures_as_much_as_it_can_already(self):
        value = value_of(an_asset(pledged=Money.yuan(400_000)))
        assert (value.pledge_value, value.bars) == (ZERO, (PledgeBar.FULLY_PLEDGED,))

    def test_is_nought_without_a_valuation_and_a_year_after_its_base_date_ip_15(self):
        assert value_of(an_asset(appraisal=None, pledged=Money.yuan(1))).pledge_value == ZERO
        base = date(2011, 11, 7)
        assert value_of(an_asset(appraisal=appraised(1_000_000, base))).pledge_value == Money.yuan(400_000)
        assert value_of(an_asset(appraisal=appraised(1_000_000, base - timedelta(days=1)))).pledge_value == ZERO

    def test_counts_only_the_share_of_the_buffer_that_the_right_outlives_the_debt_ip_10(self):
        short = an_asset(expires_on=MATURITY + timedelta(days=73))
        assert value_of(short).pledge_value == Money.yuan(80_000)  # 400,000 x 73 / 365
        assert value_of(an_asset(expires_on=MATURITY + timedelta(days=365))).pledge_value == Money.yuan(400_000)

    def test_of_know_how_is_none_because_it_cannot_be_registered_tb_10(self):
        value = value_of(an_asset(kind=IPKind.KNOW_HOW, status=IPStatus.FILED, granted_on=None, expires_on=None))
        assert (value.pledge_value, value.bars, value.counts) == (ZERO, (PledgeBar.NOT_REGISTRABLE,), True)


class TestTheIndex:
    def test_weighs_the_legal_the_technical_and_the_economic_side_ex_39(self):
        weights = {"legal": Rate.of("0.30"), "technical": Rate.of("0.30"), "economic": Rate.of("0.40")}
        assert valuation_index({"legal": 8200, "technical": 7650, "economic": 6800}, weights) == 7475

    def test_of_a_patent_too_young_to_be_cited_rests_on_the_experts_technical_score(self):
        young = an_asset(filed_on=date(2010, 1, 4), citations=0)
        old = an_asset(filed_on=date(2009, 4, 20), citations=0)
        assert value_of(young).technical == 80
        assert value_of(old).technical == 64

    def test_of_a_right_without_claims_and_family_is_not_lowered_by_their_lack(self):
        software = an_asset(kind=IPKind.SOFTWARE, claims=0, family_size=0, expires_on=date(2059, 12, 31))
        assert value_of(software).legal == 100


class TestAPledge:
    @pytest.mark.parametrize(
        ("change", "bar"),
        [
            ({"owned": False}, PledgeBar.NOT_OWNER),
            ({"status": IPStatus.LAPSED}, PledgeBar.ENDED),
            ({"status": IPStatus.INVALIDATED}, PledgeBar.ENDED),
            ({"expires_on": ON}, PledgeBar.ENDED),
            ({"status": IPStatus.FILED, "granted_on": None}, PledgeBar.NOT_GRANTED),
            ({"fees_paid_through": date(2012, 4, 20)}, PledgeBar.ENDED),
            ({"status": IPStatus.DISPUTED}, PledgeBar.DISPUTED),
            ({"expires_on": MATURITY - timedelta(days=1)}, PledgeBar.ENDS_BEFORE_DEBT),
            ({"co_owned": True}, PledgeBar.CO_OWNER),
            ({"service_invention_cleared": False}, PledgeBar.SERVICE_INVENTION),
        ],
    )
    def test_is_barred_by_each_ground_on_which_the_register_would_refuse_it_ip_04(self, change, bar):
        assert bars_of(an_asset(**change)) == (bar,)
        assert value_of(an_asset(**change)).pledge_value == ZERO

    def test_of_a_sound_right_is_barred_by_nothing(self):
        assert bars_of(an_asset()) == ()
        assert bars_of(an_asset(co_owned=True, co_owner_consent=True)) == ()


class TestAnnualFees:
    def test_are_paid_to_the_anniversary_whether_it_is_named_or_the_day_before(self):
        due = date(2012, 4, 20)
        for through in (due, due - timedelta(days=1)):
            asset = an_asset(fees_paid_through=through)
            assert fee_standing(asset, due) == (True, False)
            assert fee_standing(asset, due + timedelta(days=1)) == (False, False)  # in the six months of grace
            assert fee_standing(asset, date(2012, 10, 23)) == (False, True)

    def test_of_the_year_of_grant_come_with_the_grant(self):
        asset = an_asset(fees_paid_through=None)
        assert fee_standing(asset, date(2012, 4, 20)) == (True, False)
        assert fee_standing(asset, date(2012, 4, 21)) == (False, False)

    def test_are_asked_neither_of_software_nor_of_an_application(self):
        assert fee_standing(an_asset(kind=IPKind.SOFTWARE, fees_paid_through=None), ON) == (True, False)
        assert fee_standing(an_asset(granted_on=None, fees_paid_through=None), ON) == (True, False)

    def test_paid_for_the_whole_term_leave_nothing_due(self):
        assert fee_standing(an_asset(fees_paid_through=date(2029, 4, 20)), date(2029, 4, 1)) == (True, False)


class TestThePointsOfAPortfolio:
    def test_are_led_by_the_best_right_and_raised_a_little_by_each_further_one(self):
        one = score_ip([an_asset()], rules=RULES, on=ON, maturity=MATURITY)
        two = score_ip([an_asset(), an_asset(technical_score=10)], rules=RULES, on=ON, maturity=MATURITY)
        assert two.points == one.points + RULES.ip_breadth_each

    def test_are_not_given_for_a_right_of_somebody_else_but_for_one_that_is_only_filed(self):
        assert score_ip([an_asset(owned=False)], rules=RULES, on=ON, maturity=MATURITY).points == 0
        filed = an_asset(status=IPStatus.FILED, granted_on=None, fees_paid_through=None)
        found = score_ip([filed], rules=RULES, on=ON, maturity=MATURITY)
        assert found.points > 0
        assert found.pledge_value == ZERO

    def test_come_with_reasons_that_sum_to_them_and_name_what_secures_nothing(self):
        found = score_ip([an_asset(), an_asset(owned=False)], rules=RULES, on=ON, maturity=MATURITY)
        assert sum(reason.points for reason in found.reasons) == found.points
        barred = next(reason for reason in found.reasons if reason.code == "ip.barred")
        assert barred.facts["bars"] == ["not_owner"]

    def test_without_rights_are_nought_and_say_so(self):
        found = score_ip([], rules=RULES, on=ON, maturity=MATURITY)
        assert (found.points, found.pledge_value, [r.code for r in found.reasons]) == (0, ZERO, ["ip.none"])


assets = st.builds(
    an_asset,
    kind=st.sampled_from(list(IPKind)),
    status=st.sampled_from(list(IPStatus)),
    owned=st.booleans(),
    claims=st.integers(0, 100),
    family_size=st.integers(0, 30),
    citations=st.integers(0, 300),
    technical_score=st.integers(0, 100),
    economic_score=st.integers(0, 100),
    expires_on=st.one_of(st.none(), st.dates(date(2010, 1, 1), date(2040, 1, 1))),
    fees_paid_through=st.one_of(st.none(), st.dates(date(2009, 1, 1), date(2031, 1, 1))),
    appraisal=st.one_of(st.none(), st.builds(appraised, st.integers(0, 10**8), st.dates(date(2010, 1, 1), ON))),
    pledged=st.builds(Money, st.integers(0, 10**11)),
)


@given(portfolio=st.lists(assets, max_size=4))
def test_a_right_never_secures_more_than_its_low_end_times_its_rate_less_what_is_pledged(portfolio):
    found = score_ip(portfolio, rules=RULES, on=ON, maturity=MATURITY)
    assert 0 <= found.points <= 100
    for facts, value in zip(portfolio, found.assets, strict=True):
        most = value.pledge_rate.of_amount(facts.appraisal.low) if facts.appraisal else ZERO
        assert ZERO <= value.pledge_value <= max(most - facts.pledged, ZERO)
        assert 0 <= value.index_hundredths <= 10_000
        assert not (value.bars and value.pledge_value)
    assert found.pledge_value == sum((one.pledge_value for one in found.assets), ZERO)


@given(portfolio=st.lists(assets, max_size=3), more=assets)
def test_another_right_never_lowers_the_points_or_the_security(portfolio, more):
    before = score_ip(portfolio, rules=RULES, on=ON, maturity=MATURITY)
    after = score_ip([*portfolio, more], rules=RULES, on=ON, maturity=MATURITY)
    assert after.points >= before.points
    assert after.pledge_value >= before.pledge_value


def test_more_left_of_a_rights_life_never_lowers_what_it_secures():
    values = [
        value_of(replace(an_asset(), expires_on=MATURITY + timedelta(days=days))).pledge_value
        for days in range(-30, 500, 7)
    ]
    assert values == sorted(values)
