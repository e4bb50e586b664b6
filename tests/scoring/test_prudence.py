"""The checks before credit is given: what passes, what warns, what stops."""

from __future__ import annotations

from typing import Any

import pytest

from models.firm import FirmSize, Industry
from models.policies.pilot import pilot_rules
from models.policies.rules import PrudenceRules
from models.values.money import Money
from models.values.rate import Rate
from scoring import prudence
from scoring.prudence import Verdict


@pytest.fixture(scope="module")
def rules() -> PrudenceRules:
    return next(one for one in pilot_rules() if isinstance(one, PrudenceRules))


def line(rules: PrudenceRules, sector: str) -> Any:
    return next(one for one in rules.size_table if one.sector == sector)


class TestASize:
    @pytest.mark.parametrize(
        ("sector", "staff", "wan", "size"),
        [
            ("industry", 300, 2_000, FirmSize.MEDIUM),
            ("industry", 299, 2_000, FirmSize.SMALL),
            ("industry", 300, 1_999, FirmSize.SMALL),
            ("industry", 20, 300, FirmSize.SMALL),
            ("industry", 19, 300, FirmSize.MICRO),
            ("industry", 1_000, 39_999, FirmSize.MEDIUM),
            ("industry", 1_000, 40_000, FirmSize.LARGE),
            ("software", 100, 1_000, FirmSize.MEDIUM),
            ("software", 10, 50, FirmSize.SMALL),
            ("software", 10, 49, FirmSize.MICRO),
            ("software", 300, 10_000, FirmSize.LARGE),
        ],
    )
    def test_needs_staff_and_revenue_both(self, rules, sector, staff, wan, size):
        """LOAN-30."""
        assert prudence.size_of(line(rules, sector), staff=staff, revenue=Money.wan(wan)) is size

    def test_is_known_for_every_field_of_the_district(self, rules):
        assert set(rules.sector_of) == {one.value for one in Industry}

    def test_table_without_a_line_for_a_sector_is_no_rule(self, rules):
        with pytest.raises(ValueError, match="no sizes are given for retail"):
            PrudenceRules.model_validate(rules.model_dump() | {"sector_of": {"marine": "retail"}})

    def test_is_a_stop_where_it_is_large_and_a_warning_where_nobody_determined_it(self):
        assert prudence.size(recorded=FirmSize.LARGE, kept=FirmSize.SMALL).verdict is Verdict.STOP
        assert prudence.size(recorded=None, kept=FirmSize.SMALL).verdict is Verdict.WARN
        assert prudence.size(recorded=FirmSize.SMALL, kept=FirmSize.SMALL).verdict is Verdict.PASS


class TestATenor:
    @pytest.mark.parametrize(
        ("product", "months", "verdict"),
        [
            ("working_capital", 36, Verdict.PASS),
            ("working_capital", 37, Verdict.WARN),
            ("working_capital", 60, Verdict.WARN),
            ("working_capital", 61, Verdict.STOP),
            ("rd_centre", 61, Verdict.PASS),
            ("rd_centre", 120, Verdict.PASS),
            ("rd_centre", 121, Verdict.STOP),
        ],
    )
    def test_is_held_by_what_the_money_is_for(self, rules, product, months, verdict):
        """LOAN-01: at most means the figure itself is within (NUM-06)."""
        assert prudence.tenor(rules, product=product, months=months).verdict is verdict


class TestASingleBorrower:
    def test_may_have_just_the_share_and_not_a_fen_more(self):
        """LOAN-08."""
        held = {"capital": Money.yuan(100_000_000), "share": Rate.of("0.10"), "exposure": Money.yuan(6_000_000)}
        assert prudence.single_borrower(**held, asked=Money.yuan(4_000_000)).verdict is Verdict.PASS
        assert prudence.single_borrower(**held, asked=Money.yuan("4000000.01")).verdict is Verdict.STOP

    def test_is_measured_by_the_partner_bank_where_no_capital_is_booked(self):
        found = prudence.single_borrower(
            capital=None, share=Rate.of("0.10"), exposure=Money(0), asked=Money.yuan(4_000_000)
        )
        assert (found.verdict, found.word) == (Verdict.WARN, "capital_of_partner")


class TestThePrice:
    def test_over_the_line_only_warns(self):
        """LOAN-29."""
        warn = Rate.of("0.24")
        assert prudence.all_in(price=Rate.of("0.24"), warn=warn).verdict is Verdict.PASS
        assert prudence.all_in(price=Rate.of("0.240001"), warn=warn).verdict is Verdict.WARN
        assert prudence.all_in(price=None, warn=warn).word == "not_priced"


class TestTheNeed:
    def test_stops_what_goes_beyond_it_and_warns_where_the_decider_allowed_that(self):
        """LOAN-04."""
        asked, less = Money.yuan(5_000_000), Money.yuan(4_000_000)
        given = {"wanted": True, "measured": True, "asked": asked}
        assert prudence.need(**given, allowed=less, beyond=False).verdict is Verdict.STOP
        assert prudence.need(**given, allowed=Money(0), beyond=False).word == "no_need"
        assert prudence.need(**given, allowed=asked, beyond=True).verdict is Verdict.WARN
        assert prudence.need(**given, allowed=asked, beyond=False).verdict is Verdict.PASS

    def test_is_looked_at_only_where_the_product_asks_for_it(self):
        given = {"measured": False, "allowed": None, "beyond": False, "asked": Money.yuan(1)}
        assert prudence.need(**given, wanted=False) is None
        assert prudence.need(**given, wanted=True).verdict is Verdict.WARN


class TestConsent:
    def test_comes_before_any_enquiry(self):
        """LOAN-32."""
        assert prudence.consent(given=False, enquiries=3).verdict is Verdict.STOP
        assert prudence.consent(given=True, enquiries=0).verdict is Verdict.WARN
        assert prudence.consent(given=True, enquiries=1).verdict is Verdict.PASS
