"""How long a patent lives and what keeps it alive (IP-10 to IP-12)."""

from datetime import date

import pytest

from models.values.money import ZERO, Money
from models.values.patent_numbers import PatentKind
from models.values.patent_terms import annual_fee, annual_fee_due, annual_fee_standing, outlives, patent_expiry

FILING = date(2017, 6, 8)


class TestTheAnnualFee:
    def test_ex_36_is_due_on_the_anniversary_with_six_months_of_grace(self):
        fee = annual_fee(PatentKind.INVENTION, 9)
        assert fee == Money.yuan(2000)
        standing = annual_fee_standing(FILING, 9, fee, on=date(2025, 9, 20))
        assert standing.due == date(2025, 6, 8)
        assert standing.grace_end == date(2025, 12, 8)
        assert standing.alive
        assert standing.late_fee == Money.yuan("300.00")
        assert standing.total == Money.yuan("2300.00")

    @pytest.mark.parametrize(
        ("paid", "late"),
        [
            (date(2025, 6, 8), 0),
            (date(2025, 7, 7), 0),
            (date(2025, 7, 8), 100),
            (date(2025, 11, 7), 400),
            (date(2025, 11, 8), 500),
            (date(2025, 12, 8), 500),
        ],
    )
    def test_grows_with_each_full_month_up_to_a_quarter(self, paid, late):
        assert annual_fee_standing(FILING, 9, Money.yuan(2000), on=paid).late_fee == Money.yuan(late)

    def test_unpaid_at_the_end_of_grace_ends_the_right(self):
        standing = annual_fee_standing(FILING, 9, Money.yuan(2000), on=date(2025, 12, 9))
        assert not standing.alive
        assert standing.total == ZERO

    def test_may_be_paid_on_the_next_business_day_after_a_rest_day(self):
        filing = date(2016, 10, 31)  # grace for year 10 ends on 30 April 2026, for year 9 on 30 April 2025
        assert annual_fee_standing(filing, 10, Money.yuan(4000), on=date(2026, 4, 30)).alive
        national_day = date(2016, 4, 1)  # grace for year 10 ends on 1 October 2025
        assert annual_fee_standing(national_day, 10, Money.yuan(4000), on=date(2025, 10, 9)).alive
        assert not annual_fee_standing(national_day, 10, Money.yuan(4000), on=date(2025, 10, 10)).alive

    @pytest.mark.parametrize(
        ("kind", "year_no", "yuan"),
        [
            (PatentKind.INVENTION, 1, 900),
            (PatentKind.INVENTION, 4, 1200),
            (PatentKind.INVENTION, 20, 8000),
            (PatentKind.UTILITY, 5, 900),
            (PatentKind.UTILITY, 10, 2000),
            (PatentKind.DESIGN, 11, 3000),
        ],
    )
    def test_rises_by_steps(self, kind, year_no, yuan):
        assert annual_fee(kind, year_no) == Money.yuan(yuan)

    @pytest.mark.parametrize(
        ("kind", "year_no"), [(PatentKind.INVENTION, 21), (PatentKind.UTILITY, 11), (PatentKind.DESIGN, 0)]
    )
    def test_does_not_exist_outside_the_term(self, kind, year_no):
        with pytest.raises(ValueError, match="no year"):
            annual_fee(kind, year_no)

    def test_of_the_first_year_has_no_due_day(self):
        with pytest.raises(ValueError, match="first year"):
            annual_fee_due(FILING, 1)


class TestTheTerm:
    def test_ex_37_runs_twenty_years_from_filing(self):
        expiry = patent_expiry(PatentKind.INVENTION, date(2016, 11, 3))
        assert expiry == date(2036, 11, 3)
        assert (expiry - date(2028, 6, 30)).days == 3048
        assert outlives(expiry, date(2028, 6, 30))

    def test_is_shorter_for_the_smaller_rights(self):
        assert patent_expiry(PatentKind.UTILITY, FILING) == date(2027, 6, 8)
        assert patent_expiry(PatentKind.DESIGN, date(2021, 6, 1)) == date(2036, 6, 1)
        assert patent_expiry(PatentKind.DESIGN, date(2021, 5, 31)) == date(2031, 5, 31)

    def test_needs_a_buffer_beyond_maturity(self):
        expiry = date(2030, 1, 1)
        assert outlives(expiry, date(2029, 1, 1))
        assert not outlives(expiry, date(2029, 1, 2))
        assert outlives(expiry, date(2029, 1, 2), buffer_days=0)
