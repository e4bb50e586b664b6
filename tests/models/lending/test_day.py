"""A day over a portfolio: penalty, compound interest, arrears, classes and the end of accrual, as the rulebook has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.lending import day
from models.lending.accrual import compound_interest, penalty_interest
from models.lending.ageing import CLASSES, AgeingRules, FiveClass

AGEING = AgeingRules(
    technical_days=7,
    substandard_days=90,
    doubtful_days=270,
    loss_days=360,
    nonaccrual_days=90,
    doubtful_loss_share_ppm=500_000,
    loss_loss_share_ppm=900_000,
    cross_bank_share_ppm=200_000,
    cross_own_share_ppm=100_000,
)


def whole(*numbers):
    return np.array(numbers, np.int64)


def portfolio(count=1, **given_columns) -> day.Portfolio:
    """So many loans of one million at 3.85%, penalty half as much again, unless told otherwise."""
    nought = np.zeros(count, np.int64)
    usual = {
        "loan_id": np.arange(1, count + 1),
        "firm_id": np.arange(1, count + 1),
        "outstanding": nought + 100_000_000,
        "rate_ppm": nought + 38_500,
        "penalty_rate_ppm": nought + 57_750,
        "day_basis": nought + 360,
        "matures_on": nought + date(2030, 1, 1).toordinal(),
        "rank": nought,
        "floor": nought,
        "held": np.zeros(count, np.bool_),
        "suspended": np.zeros(count, np.bool_),
        "interest": nought,
        "penalty": nought,
        "compound": nought,
        "penalty_rest": nought,
        "compound_rest": nought,
    }
    return day.Portfolio(**(usual | given_columns))


def lines(*rows) -> day.OpenLines:
    """Lines as (place of the loan, payable day, principal, interest, earned today)."""
    table = np.array([(loan, on.toordinal(), *rest) for loan, on, *rest in rows], np.int64).reshape(-1, 5).T
    return day.OpenLines(loan=table[0], payable_on=table[1], principal=table[2], interest=table[3], earned=table[4])


NO_LINES = lines()


def run(loans, its_lines, on, *, compound_on_penalty=False):
    return day.run(loans, its_lines, on, ageing=AGEING, compound_on_penalty=compound_on_penalty)


def run_days(loans, its_lines, first, last, *, compound_on_penalty=False):
    """Every day from the first up to but not including the last, remainders carried; returns what accrued in all."""
    penalty = compound = 0
    on = first
    while on < last:
        result = run(loans, its_lines, on, compound_on_penalty=compound_on_penalty)
        penalty, compound = penalty + int(result.penalty[0]), compound + int(result.compound[0])
        loans = replace(
            loans,
            penalty=loans.penalty + result.penalty,
            compound=loans.compound + result.compound,
            penalty_rest=result.penalty_rest,
            compound_rest=result.compound_rest,
        )
        on += timedelta(days=1)
    return penalty, compound


class TestPenaltyInterest:
    def test_day_by_day_comes_to_the_rulebook_s_example(self):
        """EX-17: two million due on 20 June and paid on 5 August bear 46 days."""
        due = date(2025, 6, 20)
        loans = portfolio(matures_on=whole(due.toordinal()))
        penalty, compound = run_days(loans, lines((0, due, 200_000_000, 0, 0)), due, date(2025, 8, 5))
        assert (penalty, compound) == (1_475_833, 0)

    def test_is_not_borne_before_the_end_of_the_payable_day(self):
        due = date(2025, 10, 9)
        result = run(portfolio(), lines((0, due, 200_000_000, 0, 0)), due - timedelta(days=1))
        assert int(result.penalty[0]) == 0
        assert int(result.oldest_unpaid[0]) == 0

    @given(
        principal=st.integers(1, 10**12), rate=st.integers(1, 240_000), days=st.integers(1, 400),
        basis=st.sampled_from((360, 365)),
    )  # fmt: skip
    def test_sums_to_what_one_reckoning_of_all_its_days_gives(self, principal, rate, days, basis):
        due = date(2025, 6, 20)
        end = due + timedelta(days=days)
        loans = portfolio(rate_ppm=whole(rate), penalty_rate_ppm=whole(rate), day_basis=whole(basis))
        penalty, _ = run_days(loans, lines((0, due, principal, 0, 0)), due, end)
        assert penalty == penalty_interest(principal, rate, (), due, end, day_basis=basis)

    def test_forgets_its_remainder_once_nothing_is_late(self):
        loans = portfolio(penalty_rest=whole(12_345))
        assert int(run(loans, NO_LINES, date(2025, 6, 20)).penalty_rest[0]) == 0


class TestCompoundInterest:
    def test_changes_its_rate_at_maturity_as_in_the_rulebook_s_example(self):
        """EX-19: unpaid interest of 49,194.44 bears 91 days at the contract rate and 44 at the penalty rate."""
        due, maturity, paid = date(2025, 6, 21), date(2025, 9, 20), date(2025, 11, 3)
        loans = portfolio(matures_on=whole(maturity.toordinal()))
        assert run_days(loans, lines((0, due, 0, 4_919_444, 0)), due, paid) == (0, 82_599)

    @given(
        unpaid=st.integers(1, 10**10),
        rate=st.integers(1, 240_000),
        in_term=st.integers(0, 60),
        days=st.integers(1, 200),
    )
    def test_sums_to_what_one_reckoning_of_all_its_days_gives(self, unpaid, rate, in_term, days):
        due = date(2025, 6, 21)
        maturity, end = due + timedelta(days=in_term), due + timedelta(days=days)
        loans = portfolio(
            rate_ppm=whole(rate), penalty_rate_ppm=whole(2 * rate), matures_on=whole(maturity.toordinal())
        )
        _, compound = run_days(loans, lines((0, due, 0, unpaid, 0)), due, end)
        wanted = compound_interest(unpaid, rate, (1_000_000,), due=due, maturity=maturity, until=end, day_basis=360)
        assert compound == wanted

    def test_is_borne_by_penalty_interest_only_where_the_rules_say_so(self):
        due = date(2025, 6, 20)
        late = lines((0, due, 200_000_000, 0, 0))
        assert run_days(portfolio(), late, due, date(2025, 9, 20))[1] == 0
        assert run_days(portfolio(), late, due, date(2025, 9, 20), compound_on_penalty=True)[1] > 0


class TestArrearsAndClasses:
    def test_are_counted_from_the_oldest_payable_day_that_is_unpaid(self):
        result = run(
            portfolio(2),
            lines((0, date(2025, 3, 21), 0, 0, 0), (0, date(2025, 6, 20), 0, 5, 0), (0, date(2025, 9, 20), 9, 5, 1)),
            date(2025, 6, 27),
        )
        assert result.days_past_due.tolist() == [7, 0]
        assert [CLASSES[rank] for rank in result.rank] == [FiveClass.NORMAL, FiveClass.NORMAL]
        assert result.interest.tolist() == [1, 0]

    def test_91_days_make_a_loan_substandard_and_end_its_accrual_into_income(self):
        """EX-26 and CLS-16: over 90 days, so not yet on the ninetieth."""
        late = lines((0, date(2025, 1, 10), 0, 5, 0))
        on_90 = run(portfolio(), late, date(2025, 1, 10) + timedelta(days=90))
        on_91 = run(portfolio(), late, date(2025, 1, 10) + timedelta(days=91))
        assert (CLASSES[int(on_90.rank[0])], bool(on_90.suspends[0])) == (FiveClass.SPECIAL_MENTION, False)
        assert (CLASSES[int(on_91.rank[0])], bool(on_91.suspends[0])) == (FiveClass.SUBSTANDARD, True)

    def test_of_a_loan_off_accrual_do_not_end_it_twice(self):
        loans = portfolio(suspended=np.ones(1, np.bool_))
        assert not run(loans, lines((0, date(2025, 1, 10), 0, 5, 0)), date(2025, 8, 1)).suspends[0]

    def test_a_bad_class_stays_until_a_person_lifts_it(self):
        """CLS-11: paid arrears alone make no bad loan good."""
        result = run(portfolio(2, rank=whole(3, 1)), NO_LINES, date(2025, 6, 20))
        assert [CLASSES[rank] for rank in result.rank] == [FiveClass.DOUBTFUL, FiveClass.NORMAL]

    def test_are_never_better_than_circumstances_allow(self):
        """CLS-02 to CLS-05: what is known of a loan beside its payments stands under the day's own judgement."""
        result = run(portfolio(2, floor=whole(1, 3)), NO_LINES, date(2025, 6, 20))
        assert result.rank.tolist() == [1, 3]

    def test_an_analyst_s_lower_view_stays(self):
        """CLS-08: the result is the worst of the floors and the analyst's view."""
        result = run(portfolio(rank=whole(1), held=np.ones(1, np.bool_)), NO_LINES, date(2025, 6, 20))
        assert CLASSES[int(result.rank[0])] is FiveClass.SPECIAL_MENTION

    def test_over_a_tenth_of_a_debtor_s_claims_gone_bad_drags_the_others_down(self):
        """CLS-06, strictly over: a tenth itself does no harm."""
        late = lines((0, date(2025, 1, 10), 0, 5, 0))
        on = date(2025, 6, 20)
        shares = {"firm_id": whole(7, 7, 8), "outstanding": whole(10, 90, 100)}
        assert not run(portfolio(3, **shares), late, on).crossed.any()
        result = run(portfolio(3, **(shares | {"outstanding": whole(11, 90, 100)})), late, on)
        assert result.crossed.tolist() == [False, True, False]
        assert [CLASSES[rank] for rank in result.rank][1] is FiveClass.SUBSTANDARD
        assert result.suspends.tolist() == [True, True, False]

    def test_of_nobody_are_nothing(self):
        assert run(portfolio(0), NO_LINES, date(2025, 6, 20)).interest.tolist() == []
