"""Changes of a running loan: what the what-if shows is what then happens, to the fen, and nothing old is left behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from accounts import an_asset, pledged, registered
from credit import AT, OFFICER, ON, REVIEWER, a_guaranteed_loan, endow, person, yuan
from days import run_until
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from models.lending.changes import ChangeKind, ConsentOf, PrepayChoice
from models.lending.terms import PlannedPrincipal, RepaymentMethod
from models.loan import Instalment, Loan
from models.queries.books import balance
from models.queries.owed import accrued_interest, dues, live_lines, meter_of, owed
from models.roles import Role
from models.states.loan import LoanStage
from models.states.loan_change import ChangeStage
from models.states.machine import MoveNotOpen
from models.values.money import ZERO, Money, total
from models.values.rate import Rate
from models.versions import RuleSet
from reports.proof import prove
from workflows import changing, loan_account
from workflows.agreed_terms import plan_kept
from workflows.change_effects import Extension, NewRate, Prepayment, Restructuring, ShorterTermNotOffered
from workflows.classifying import LoanNotOwed
from workflows.drawing_up import RateOffTheGrid
from workflows.moves import SameHand
from workflows.servicing import receive

DUE = date(2012, 12, 21)
SHORTER, LOWER = PrepayChoice.SHORTER_TERM, PrepayChoice.LOWER_INSTALMENT


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session
        assert prove(session).findings == []


def a_loan(session, method=RepaymentMethod.INTEREST_FIRST, *, term_months=12, amount=yuan(4_000_000)):
    """A guaranteed loan paid out on the first day, repaid by a method of choice."""
    credit = a_guaranteed_loan(session, amount=amount, term_months=term_months)
    if method is not RepaymentMethod.INTEREST_FIRST:
        contract = credit.contract
        contract.method, contract.settle_freq, contract.settle_day = method, None, None
        if method is RepaymentMethod.FREE_FORM:
            half = Money(amount.fen // 2)
            days = (date(2013, 5, 7), contract.end_on)
            contract.plan = plan_kept([PlannedPrincipal(day, half.fen) for day in days])
        for line in live_lines(session, credit.loan):
            session.delete(line)
        session.flush()
        loan_account.write_schedule(session, credit.loan, ON)
    return credit


def allow_capitalisation(session):
    """The bank has decided that overdue interest may become principal."""
    rules = session.exec(select(RuleSet).where(RuleSet.kind == "servicing")).one()
    rules.version = "servicing-test-1"
    rules.body = rules.body | {"version": rules.version, "capitalise_interest": True}
    session.add(rules)
    session.flush()


def propose(session, loan, asked, on, by=OFFICER):
    return changing.propose(session, loan=loan, asked=asked, reason="借款人书面申请", by=by, on=on, at=AT)


def consented(session, change, on):
    for party in changing.consents_missing(session, change):
        changing.record_consent(
            session, change=change, party=party, evidence="同意函2012-01", given_on=on, by=OFFICER, on=on, at=AT
        )


def approve(session, change, on, by=REVIEWER, seen=None):
    if seen is None:
        loan = session.get_one(Loan, change.loan_id)
        seen = changing.what_if(session, loan=loan, asked=changing.asked_of(change), on=on).fingerprint
    return changing.approve(session, change=change, seen=seen, by=by, on=on, at=AT)


def made(session, loan, asked, on):
    """The change from the what-if to its effect; returns both."""
    effect = changing.what_if(session, loan=loan, asked=asked, on=on)
    change = propose(session, loan, asked, on)
    consented(session, change, on)
    approve(session, change, on)
    if change.kind is ChangeKind.PREPAYMENT:
        changing.take_prepayment(session, change=change, bank_ref=f"P-{change.number}", by=OFFICER, on=on, at=AT)
    return effect, change


def account_holds(session, loan, on):
    """The lines repay what is outstanding and have earned what the meter shows."""
    lines = live_lines(session, loan)
    assert total(line.principal - line.principal_paid for line in lines) == loan.outstanding
    assert accrued_interest(session, loan, on).fen == meter_of(session, loan).interest_fen


def shown(effect):
    return [(line.number, line.due_on, line.principal_fen, line.interest_fen) for line in effect.lines]


def ahead(session, loan, on):
    lines = [line for line in live_lines(session, loan) if line.period_end > on]
    return [(line.number, line.due_on, line.principal.fen, line.interest.fen) for line in lines]


class TestAnExtension:
    def test_of_a_year_by_half_a_year_moves_the_last_day_and_the_guarantee(self, session):
        credit = a_loan(session)
        loan, on = credit.loan, date(2013, 1, 10)
        run_until(session, DUE)
        receive(session, loan=loan, amount=yuan("30066.67"), bank_ref="A", by=OFFICER, on=DUE, at=AT)
        run_until(session, on)
        effect, change = made(session, loan, Extension(months=6), on)
        assert (loan.matures_on, credit.contract.end_on) == (date(2014, 5, 7), date(2014, 5, 7))
        assert change.stage is ChangeStage.EFFECTIVE
        assert (change.end_before, change.end_after) == (date(2013, 11, 7), date(2014, 5, 7))
        assert ahead(session, loan, on) == shown(effect)
        assert effect.after.interest > effect.before.interest
        assert credit.cover.ends_on == date(2017, 5, 7)
        account_holds(session, loan, on)
        run_until(session, date(2013, 3, 21))
        assert total(due.amount for due in dues(session, loan, date(2013, 3, 21))).fen == effect.lines[0].interest_fen

    def test_is_cumulative_and_never_longer_than_the_law_allows(self, session):
        loan = a_loan(session).loan
        run_until(session, ON + timedelta(days=5))
        on = ON + timedelta(days=5)
        with pytest.raises(changing.ExtensionTooLong) as refusal:
            propose(session, loan, Extension(months=13), on)
        assert (refusal.value.facts["left"], refusal.value.facts["longest"]) == (12, 12)
        made(session, loan, Extension(months=8), on)
        with pytest.raises(changing.ExtensionTooLong) as refusal:
            propose(session, loan, Extension(months=5), on)
        assert (refusal.value.facts["so_far"], refusal.value.facts["left"]) == (8, 4)

    def test_is_not_given_after_maturity_nor_over_arrears(self, session):
        loan = a_loan(session).loan
        run_until(session, date(2012, 12, 23))
        with pytest.raises(changing.ExtensionInArrears):
            propose(session, loan, Extension(months=3), date(2012, 12, 23))
        run_until(session, date(2013, 11, 7))
        with pytest.raises(changing.ExtensionTooLate):
            propose(session, loan, Extension(months=3), date(2013, 11, 7))

    def test_waits_for_guarantor_and_pledgor(self, session):
        credit = a_loan(session)
        registered(session, pledged(session, credit.contract, an_asset(session, credit.contract)))
        on = ON + timedelta(days=1)
        run_until(session, on)
        change = propose(session, credit.loan, Extension(months=3), on)
        with pytest.raises(changing.ConsentsMissing) as refusal:
            approve(session, change, on)
        assert refusal.value.facts["parties"] == (ConsentOf.GUARANTOR, ConsentOf.PLEDGOR)

    def test_of_a_loan_that_becomes_longer_than_five_years_costs_what_such_a_loan_costs(self, session):
        credit = a_loan(session, term_months=60)
        on = ON + timedelta(days=1)
        run_until(session, on)
        effect = changing.what_if(session, loan=credit.loan, asked=Extension(months=6), on=on)
        assert Rate(effect.after.rate_ppm) == Rate.of("0.0655")  # the quotation for over five years, no margin


class TestARestructuring:
    def test_leaves_no_old_due_behind(self, session):
        credit = a_loan(session)
        loan, on = credit.loan, date(2013, 12, 10)
        run_until(session, on)
        before = owed(session, loan, on)
        assert before.due_now > yuan(4_000_000)
        effect, change = made(session, loan, Restructuring(months=24, rate=Rate.of("0.05")), on)
        after = owed(session, loan, on)
        assert (after.total, after.due_now, after.principal) == (before.total, ZERO, yuan(4_000_000))
        assert dues(session, loan, on) == []
        assert (loan.oldest_unpaid, loan.matures_on, loan.rate) == (None, date(2015, 11, 7), Rate.of("0.05"))
        assert ahead(session, loan, on) == shown(effect)
        assert effect.folded_principal == yuan(4_000_000)
        assert change.observed_from == effect.lines[0].due_on
        assert change.observed_until == date(2014, 12, 21)
        account_holds(session, loan, on)
        run_until(session, effect.lines[0].period_end)
        assert meter_of(session, loan).interest_fen == effect.lines[0].interest_fen

    def test_may_turn_overdue_interest_into_principal_where_the_rules_say_so(self, session):
        credit = a_loan(session)
        loan, on = credit.loan, date(2013, 1, 10)
        run_until(session, on)
        asked = Restructuring(months=6, capitalise=True, waive_penalty=True)
        with pytest.raises(changing.CapitalisationNotAllowed):
            propose(session, loan, asked, on)
        allow_capitalisation(session)
        before = owed(session, loan, on)
        receivable = balance(session, "bank.interest_receivable", part="working_capital").net
        effect, change = made(session, loan, asked, on)
        assert effect.capitalised == yuan("30066.67")
        assert effect.waived == before.penalty + before.compound > ZERO
        assert loan.outstanding == yuan("4030066.67")
        assert balance(session, "bank.principal", part=loan.number).net == loan.outstanding
        fallen = receivable - balance(session, "bank.interest_receivable", part="working_capital").net
        assert fallen == effect.capitalised + effect.waived
        assert (change.capitalised, change.waived) == (effect.capitalised, effect.waived)
        assert owed(session, loan, on).total == before.total - effect.waived
        account_holds(session, loan, on)

    def test_gives_up_penalty_interest_of_a_loan_off_accrual_beside_the_balance_sheet(self, session):
        loan, on = a_loan(session).loan, date(2013, 4, 10)
        run_until(session, on)
        assert loan.non_accrual
        allow_capitalisation(session)
        with pytest.raises(changing.CapitalisationNotAllowed):
            propose(session, loan, Restructuring(months=6, capitalise=True), on)
        before = balance(session, "bank.memo_suspended_interest", part="working_capital").net
        effect, _ = made(session, loan, Restructuring(months=6, waive_penalty=True), on)
        after = balance(session, "bank.memo_suspended_interest", part="working_capital").net
        assert before - after == effect.waived > ZERO
        account_holds(session, loan, on)

    def test_gives_months_without_principal_where_principal_is_repaid_each_month(self, session):
        credit = a_loan(session, RepaymentMethod.EQUAL_INSTALMENTS)
        loan, on = credit.loan, date(2013, 2, 20)
        run_until(session, on)
        effect, _ = made(session, loan, Restructuring(months=6, grace_months=6), on)
        first = next(line for line in effect.lines if line.principal_fen)
        assert first.due_on > date(2013, 8, 20)
        assert effect.lines[0].due_on == date(2013, 3, 7)
        assert sum(line.principal_fen for line in effect.lines) == loan.outstanding.fen
        assert credit.contract.method is RepaymentMethod.FREE_FORM
        account_holds(session, loan, on)

    def test_gives_named_pledges_back(self, session):
        credit = a_loan(session)
        one = registered(session, pledged(session, credit.contract, an_asset(session, credit.contract)))
        other = an_asset(session, credit.contract, number="200910129999.X")
        two = registered(session, pledged(session, credit.contract, other), "Y2012330000999")
        on = ON + timedelta(days=1)
        run_until(session, on)
        made(session, credit.loan, Restructuring(months=1, released=(str(one.registration_number),)), on)
        assert (one.released_on, two.released_on) == (on, None)

    @pytest.mark.parametrize(
        ("asked", "refusal"),
        [
            (Restructuring(rate=Rate.of("0.07")), changing.RateNotLower),
            (Restructuring(rate=Rate.of("0.050005")), RateOffTheGrid),
            (Restructuring(months=-1), changing.ChangeNotPossible),
        ],
    )
    def test_is_declined_when_it_is_none(self, session, asked, refusal):
        loan, on = a_loan(session).loan, ON + timedelta(days=1)
        run_until(session, on)
        with pytest.raises(refusal):
            propose(session, loan, asked, on)

    def test_of_a_settled_loan_is_declined(self, session):
        loan, on = a_loan(session).loan, ON + timedelta(days=1)
        run_until(session, on)
        receive(session, loan=loan, amount=yuan(4_100_000), bank_ref="A", prepay=True, by=OFFICER, on=on, at=AT)
        assert loan.stage is LoanStage.SETTLED
        with pytest.raises(LoanNotOwed):
            propose(session, loan, Restructuring(months=3), on)


class TestAnEarlyRepayment:
    def test_shortens_the_term_and_leaves_the_instalment_at_most_what_it_was(self, session):
        credit = a_loan(session, RepaymentMethod.EQUAL_INSTALMENTS, term_months=24)
        loan, on = credit.loan, date(2012, 12, 7)
        run_until(session, on)
        old = live_lines(session, loan)[1]
        effect, _ = made(session, loan, Prepayment(amount=yuan(1_500_000), choice=SHORTER), on)
        assert ahead(session, loan, on) == shown(effect)
        assert loan.matures_on == effect.lines[-1].due_on < date(2014, 11, 7)
        assert all(
            line.principal_fen + line.interest_fen <= (old.principal + old.interest).fen for line in effect.lines
        )
        assert effect.after.interest < effect.before.interest
        assert credit.cover.ends_on is not None
        account_holds(session, loan, on)

    def test_saves_less_interest_with_lower_instalments_than_with_a_shorter_term(self, session):
        loan, on = a_loan(session, RepaymentMethod.EQUAL_PRINCIPAL, term_months=24).loan, date(2012, 12, 20)
        run_until(session, on)
        shorter, lower = (
            changing.what_if(session, loan=loan, asked=Prepayment(amount=yuan(1_500_000), choice=choice), on=on)
            for choice in (SHORTER, LOWER)
        )
        assert shorter.after.interest < lower.after.interest < lower.before.interest
        assert shorter.after.end_on < lower.after.end_on == lower.before.end_on

    def test_of_everything_settles_the_loan(self, session):
        loan, on = a_loan(session).loan, date(2012, 11, 20)
        run_until(session, on)
        effect, change = made(session, loan, Prepayment(amount=yuan(4_200_000), choice=LOWER), on)
        assert (loan.stage, effect.lines, change.stage) == (LoanStage.SETTLED, (), ChangeStage.EFFECTIVE)
        assert effect.cash == yuan(4_000_000) + yuan("8883.33")

    def test_offers_no_shorter_term_where_all_principal_is_repaid_at_maturity(self, session):
        loan, on = a_loan(session).loan, date(2012, 11, 20)
        run_until(session, on)
        with pytest.raises(ShorterTermNotOffered):
            propose(session, loan, Prepayment(amount=yuan(1_000_000), choice=SHORTER), on)

    def test_is_none_if_the_money_only_covers_what_is_due(self, session):
        loan = a_loan(session).loan
        run_until(session, DUE)
        with pytest.raises(changing.NothingPrepaid):
            propose(session, loan, Prepayment(amount=yuan(30_000), choice=LOWER), DUE)


class TestFourEyes:
    def test_keep_whoever_asked_from_approving(self, session):
        both = person(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
        loan, on = a_loan(session).loan, ON + timedelta(days=1)
        run_until(session, on)
        change = propose(session, loan, NewRate(rate=Rate.of("0.06")), on, by=both)
        with pytest.raises(SameHand):
            approve(session, change, on, by=both)

    def test_approve_only_what_was_shown(self, session):
        loan, on = a_loan(session).loan, ON + timedelta(days=1)
        run_until(session, on)
        change = propose(session, loan, NewRate(rate=Rate.of("0.06")), on)
        seen = changing.what_if(session, loan=loan, asked=changing.asked_of(change), on=on).fingerprint
        receive(session, loan=loan, amount=yuan(9_000), bank_ref="A", prepay=True, by=OFFICER, on=on, at=AT)
        with pytest.raises(changing.EffectMoved):
            approve(session, change, on, seen=seen)

    def test_let_one_change_wait_at_a_time(self, session):
        loan, on = a_loan(session).loan, ON + timedelta(days=1)
        run_until(session, on)
        change = propose(session, loan, NewRate(rate=Rate.of("0.06")), on)
        with pytest.raises(changing.ChangeWaits):
            propose(session, loan, NewRate(rate=Rate.of("0.05")), on)
        changing.refuse(session, change=change, reason="理由不足", by=REVIEWER, on=on, at=AT)
        second = propose(session, loan, NewRate(rate=Rate.of("0.05")), on)
        changing.withdraw(session, change=second, reason="借款人撤回", by=OFFICER, on=on, at=AT)
        with pytest.raises(MoveNotOpen):
            approve(session, second, on)
        assert (change.stage, second.stage, loan.rate) == (
            ChangeStage.REFUSED,
            ChangeStage.WITHDRAWN,
            Rate.of("0.0615"),
        )


METHODS = [
    RepaymentMethod.INTEREST_FIRST,
    RepaymentMethod.EQUAL_INSTALMENTS,
    RepaymentMethod.EQUAL_PRINCIPAL,
    RepaymentMethod.BULLET,
    RepaymentMethod.FREE_FORM,
]


@st.composite
def changes(draw):
    """A method, a day, and something to ask for."""
    method = draw(st.sampled_from(METHODS))
    asked = draw(
        st.one_of(
            st.builds(Extension, months=st.integers(1, 12)),
            st.builds(NewRate, rate=st.integers(0, 1200).map(Rate.basis_points)),
            st.builds(
                Restructuring,
                months=st.integers(1, 36),
                rate=st.none() | st.integers(0, 615).map(Rate.basis_points),
                grace_months=st.just(0) if METHODS.index(method) not in (1, 2) else st.integers(0, 8),
                capitalise=st.booleans(),
                waive_penalty=st.booleans(),
            ),
            st.builds(
                Prepayment,
                amount=st.integers(100_000_000, 500_000_000).map(Money),
                choice=st.sampled_from([LOWER, *([SHORTER] if METHODS.index(method) in (1, 2, 4) else [])]),
            ),
        )
    )
    return method, draw(st.integers(1, 55)), asked


class TestTheWhatIf:
    @settings(max_examples=15)
    @given(case=changes())
    def test_is_what_then_happens_to_the_fen(self, session, case):
        method, days, asked = case
        with session.begin_nested() as savepoint:
            allow_capitalisation(session)
            credit = a_loan(session, method)
            loan, on = credit.loan, ON + timedelta(days=days)
            run_until(session, on)
            owed_before = owed(session, loan, on)
            late = loan.oldest_unpaid is not None
            if late and isinstance(asked, Extension):
                with pytest.raises(changing.ExtensionInArrears):
                    propose(session, loan, asked, on)
            else:
                effect, change = made(session, loan, asked, on)
                owed_after = owed(session, loan, on)
                assert change.effect == effect.facts()
                assert ahead(session, loan, on) == shown(effect)
                account_holds(session, loan, on)
                assert owed_after.total == owed_before.total - effect.waived - effect.cash + (
                    effect.paid.fee if effect.paid else ZERO
                )
                if isinstance(asked, Restructuring):
                    assert owed_after.due_now == ZERO
                assert Money(effect.after.interest) == interest_still_to_pay(session, loan, on) + interest_now(effect)
            savepoint.rollback()
        session.expire_all()


def interest_still_to_pay(session, loan, on):
    meter = meter_of(session, loan)
    lines = session.exec(select(Instalment).where(Instalment.loan_id == loan.key, Instalment.live)).all()
    return total(line.interest - line.interest_paid for line in lines) + Money(meter.penalty_fen + meter.compound_fen)


def interest_now(effect):
    """Interest that is paid that day, or made principal."""
    return effect.capitalised + (effect.paid.interest if effect.paid else ZERO)


class TestOnBothEngines:
    def test_changes_follow_one_another(self, database):
        with database.write() as session:
            endow(session)
            loan = a_loan(session, RepaymentMethod.EQUAL_PRINCIPAL, term_months=24).loan
            for days, asked in (
                (3, Prepayment(amount=yuan(500_000), choice=SHORTER)),
                (6, Extension(months=3)),
                (9, NewRate(rate=Rate.of("0.0600"))),
                (40, Restructuring(months=12, rate=Rate.of("0.0500"), grace_months=3, waive_penalty=True)),
            ):
                on = ON + timedelta(days=days)
                run_until(session, on)
                effect, change = made(session, loan, asked, on)
                assert ahead(session, loan, on) == shown(effect)
                account_holds(session, loan, on)
                assert change.stage is ChangeStage.EFFECTIVE
            assert prove(session).findings == []
