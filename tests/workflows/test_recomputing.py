"""Facts heard of late: the loan ends as if they had come in the order of their days, and the books hold throughout."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from credit import (
    AT,
    DISBURSER,
    OFFICER,
    ON,
    REVIEWER,
    a_contract,
    a_debtor,
    a_guaranteed_loan,
    a_reservation,
    an_approval,
    endow,
    pay_out,
    person,
    put_in_force,
    yuan,
)
from days import run_until
from sqlmodel import select

from models.lending.ageing import FiveClass
from models.lending.allocation import DueKind
from models.loan import ReceiptPart
from models.queries.books import balance
from models.queries.loan_course import adjustments_of
from models.roles import Role
from models.states.loan import DiversionStage, LoanStage
from models.values.money import ZERO, Money, half_up
from models.values.rate import Rate
from reports.proof import prove
from workflows import insolvency, loan_account, loose_money, misuse, rate_changing, recomputing, servicing
from workflows.moves import SameHand
from workflows.posting import close_period
from workflows.recomputing import HistoryNotReplayable
from workflows.reversing import SurplusRefunded
from workflows.value_days import BeforePayOut, TooFarBack, ValueDayAhead, ValueDayClosed

FIRST_DUE = date(2012, 12, 21)
INTEREST = yuan("30066.67")


@pytest.fixture
def session(sqlite_database):
    with sqlite_database.write() as session:
        endow(session)
        yield session
        assert prove(session).findings == []


def test_a_late_payment_a_bounce_and_diverted_use_hold_on_both_engines(database):
    with database.write() as session:
        endow(session)
        credit = a_guaranteed_loan(session)
        run_until(session, FIRST_DUE)
        loose = loose_money.take_loose(
            session, amount=yuan(9), bank_ref="L", received_on=FIRST_DUE, by=OFFICER, on=FIRST_DUE, at=AT
        )
        today = FIRST_DUE + timedelta(days=3)
        run_until(session, today)
        receipt = receive(session, credit, INTEREST, today, value_on=FIRST_DUE)
        loose_money.assign(session, loose=loose, loan=credit.loan, by=OFFICER, on=today, at=AT)
        found = misuse.declare(
            session, loan=credit.loan, amount=yuan(7), from_on=FIRST_DUE, evidence="示例", by=OFFICER, on=today, at=AT
        )
        misuse.confirm(session, diversion=found, by=REVIEWER, on=today, at=AT)
        run_until(session, today + timedelta(days=1))
        servicing.reverse_receipt(
            session, receipt=receipt, reason="退票", by=REVIEWER, on=today + timedelta(days=1), at=AT
        )
        assert loan_account.meter_of(session, credit.loan).compound_fen > 0
        assert prove(session).findings == []


@pytest.fixture
def pair(session):
    """Two loans alike; the second one's facts arrive late."""
    return [a_guaranteed_loan(session, firm=a_debtor(session)) for _ in range(2)]


def receive(session, credit, amount, on, *, ref="", by=OFFICER, **more):
    ref = ref or f"{credit.loan.number}-{on}-{amount.fen}"
    return servicing.receive(session, loan=credit.loan, amount=amount, bank_ref=ref, by=by, on=on, at=AT, **more)


def state(session, credit, on):
    """Everything that a loan is on a morning, but not how it got there."""
    loan, meter = credit.loan, loan_account.meter_of(session, credit.loan)
    session.refresh(loan)
    session.refresh(meter)
    lines = [
        (one.period_start, one.period_end, one.payable_on, one.principal, one.interest, one.principal_paid, one.interest_paid)
        for one in loan_account.live_lines(session, loan)
    ]  # fmt: skip
    return (
        loan.outstanding, loan.stage, loan.five_class, loan.non_accrual, loan.oldest_unpaid, loan.rate, credit.cover.in_force,
        meter.interest_fen, meter.penalty_fen, meter.compound_fen, meter.penalty_rest, meter.compound_rest,
        meter.days_past_due, loan_account.owed(session, loan, on), lines,
        balance(session, "bank.principal", part=loan.number).net, balance(session, "bank.unapplied", part=loan.number).net,
    )  # fmt: skip


def settled(session, receipt):
    sums = {}
    for part in session.exec(select(ReceiptPart).where(ReceiptPart.receipt_id == receipt.key)):
        sums[part.kind] = sums.get(part.kind, ZERO) + part.amount
    return sums


class TestAPaymentHeardOfLate:
    def test_leaves_the_loan_as_if_it_had_been_taken_in_on_its_day(self, session, pair):
        prompt, late = pair
        run_until(session, FIRST_DUE)
        receive(session, prompt, INTEREST, FIRST_DUE)
        today = FIRST_DUE + timedelta(days=12)
        run_until(session, today)
        charged = Money(loan_account.meter_of(session, late.loan).compound_fen)
        assert charged > ZERO
        receipt = receive(session, late, INTEREST, today, value_on=FIRST_DUE)
        assert (receipt.received_on, receipt.booked_on) == (FIRST_DUE, today)
        assert settled(session, receipt) == {DueKind.INTEREST: INTEREST}
        assert state(session, late, today) == state(session, prompt, today)
        (row,) = adjustments_of(session, late.loan)
        assert (row.value_on, row.booked_on, row.interest_fen, row.compound_fen) == (FIRST_DUE, today, 0, -charged.fen)
        run_until(session, today + timedelta(days=100))
        assert state(session, late, today + timedelta(days=100)) == state(session, prompt, today + timedelta(days=100))

    def test_lifts_a_loan_that_was_never_really_bad_back_into_income(self, session, pair):
        prompt, late = pair
        run_until(session, FIRST_DUE)
        receive(session, prompt, yuan(92_000), FIRST_DUE)
        today = FIRST_DUE + timedelta(days=95)
        run_until(session, today)
        assert late.loan.non_accrual
        assert late.loan.five_class is FiveClass.SUBSTANDARD
        with pytest.raises(TooFarBack):
            receive(session, late, yuan(92_000), today, value_on=FIRST_DUE)
        loose = loose_money.take_loose(
            session, amount=yuan(92_000), bank_ref="OLD", received_on=FIRST_DUE, by=OFFICER, on=today, at=AT
        )
        loose_money.assign(session, loose=loose, loan=late.loan, by=OFFICER, on=today, at=AT)
        assert not late.loan.non_accrual
        assert late.loan.stage is LoanStage.DEFAULTED  # a person takes it out again
        servicing.cure(session, loan=late.loan, reason="补记还款", by=REVIEWER, on=today, at=AT)
        assert state(session, late, today) == state(session, prompt, today)

    def test_that_repays_early_rewrites_the_schedule_as_of_its_day(self, session, pair):
        prompt, late = pair
        early = date(2013, 1, 15)
        for credit in pair:
            run_until(session, FIRST_DUE)
            receive(session, credit, INTEREST, FIRST_DUE)
        run_until(session, early)
        receive(session, prompt, yuan(1_000_000), early, prepay=True)
        today = early + timedelta(days=20)
        run_until(session, today)
        receive(session, late, yuan(1_000_000), today, value_on=early, prepay=True)
        assert late.loan.outstanding == yuan(3_000_000)
        assert state(session, late, today) == state(session, prompt, today)

    def test_of_everything_settles_the_loan_today(self, session, pair):
        _, late = pair
        day = date(2013, 1, 15)
        run_until(session, day)
        quote = servicing.settlement_quote(session, late.loan, day)
        run_until(session, day + timedelta(days=3))
        receipt = receive(session, late, quote.total + yuan(1), day + timedelta(days=3), value_on=day, prepay=True)
        assert late.loan.stage is LoanStage.SETTLED
        assert receipt.surplus == yuan(1)

    @pytest.mark.parametrize(
        ("value_on", "refusal"),
        [
            (ON - timedelta(days=1), BeforePayOut),
            (FIRST_DUE + timedelta(days=61), ValueDayAhead),
            (FIRST_DUE + timedelta(days=1), TooFarBack),
            (date(2013, 1, 31), ValueDayClosed),
        ],
    )
    def test_is_refused_for_a_day_it_cannot_count_from_and_nothing_is_done(self, session, pair, value_on, refusal):
        _, late = pair
        today = FIRST_DUE + timedelta(days=60)
        run_until(session, today)
        if refusal is ValueDayClosed:
            close_period(session, through=date(2013, 1, 31), by=person(Role.FINANCE_BUREAU), at=AT)
        before = state(session, late, today)
        with pytest.raises(refusal):
            receive(session, late, yuan(100), today, value_on=value_on)
        assert state(session, late, today) == before
        assert adjustments_of(session, late.loan) == []

    def test_is_taken_once_for_each_bank_reference(self, session, pair):
        _, late = pair
        today = FIRST_DUE + timedelta(days=5)
        run_until(session, today)
        receive(session, late, yuan(100), today, value_on=FIRST_DUE, ref="ONE")
        with pytest.raises(servicing.ReceiptKnown):
            receive(session, late, yuan(100), today, ref="ONE")
        with pytest.raises(servicing.ReceiptKnown):
            loose_money.take_loose(
                session, amount=yuan(100), bank_ref="ONE", received_on=today, by=OFFICER, on=today, at=AT
            )

    def test_is_refused_where_more_happened_than_the_facts_tell(self, session, pair):
        _, late = pair
        run_until(session, FIRST_DUE)
        loan_account.settle_interest(session, late.loan, yuan(1_000), on=FIRST_DUE, by=OFFICER, at=AT)
        with pytest.raises(HistoryNotReplayable):
            recomputing.standing(session, late.loan, FIRST_DUE)
        servicing.book(  # somebody else's money, so that the books hold
            session, "compensation_recovered", key="x", cause="x", by=OFFICER, on=FIRST_DUE, at=AT,
            amounts={"guarantor": ZERO, "bank": yuan(1_000), "interest": yuan(1_000), "suspended": ZERO,
                     "principal": ZERO, "beyond": ZERO, "pool": ZERO},
            parts={"loan": late.loan.number, "product": late.loan.product.value},
        )  # fmt: skip


class TestABouncedPayment:
    def test_never_came_whatever_came_after_it(self, session, pair):
        """The first of three bounces after the others were used, one of them early: the twin never had it."""
        never, bounced = pair
        run_until(session, FIRST_DUE)
        first = receive(session, bounced, yuan(20_000), FIRST_DUE)
        steps = ((FIRST_DUE + timedelta(days=4), yuan(15_000), False), (date(2013, 1, 20), yuan(700_000), True))
        for on, amount, prepay in steps:
            run_until(session, on)
            for credit in pair:
                receive(session, credit, amount, on, prepay=prepay)
        today = date(2013, 2, 4)
        run_until(session, today)
        servicing.reverse_receipt(session, receipt=first, reason="退票", by=REVIEWER, on=today, at=AT)
        assert state(session, bounced, today) == state(session, never, today)
        assert first.surplus == ZERO
        assert settled(session, first) == {}
        run_until(session, today + timedelta(days=60))
        later = today + timedelta(days=60)
        assert state(session, bounced, later) == state(session, never, later)

    def test_is_refused_when_what_it_had_over_was_paid_back(self, session, pair):
        credit = pair[0]
        run_until(session, FIRST_DUE)
        receipt = receive(session, credit, INTEREST + yuan(9), FIRST_DUE)
        servicing.refund_surplus(session, receipt=receipt, by=DISBURSER, on=FIRST_DUE, at=AT)
        before = state(session, credit, FIRST_DUE)
        with pytest.raises(SurplusRefunded):
            servicing.reverse_receipt(session, receipt=receipt, reason="退票", by=REVIEWER, on=FIRST_DUE, at=AT)
        assert state(session, credit, FIRST_DUE) == before


class TestANewRate:
    def test_heard_of_late_counts_from_its_own_day(self, session, pair):
        prompt, late = pair
        day = date(2013, 1, 10)
        args = {"rate": Rate.of("0.0720"), "from_on": day, "reason": "约定调息", "by": REVIEWER, "at": AT}
        run_until(session, day)
        rate_changing.change_rate(session, loan=prompt.loan, on=day, **args)
        today = day + timedelta(days=45)
        run_until(session, today)
        rate_changing.change_rate(session, loan=late.loan, on=today, **args)
        assert late.loan.rate == late.contract.rate == Rate.of("0.0720")
        assert state(session, late, today) == state(session, prompt, today)
        (row,) = adjustments_of(session, late.loan)
        assert row.interest_fen == pytest.approx(400_000_000 * 10_500 * 45 / 360_000_000, abs=1)
        with pytest.raises(rate_changing.RateChangeKnown):
            rate_changing.change_rate(session, loan=late.loan, on=today, **args)
        with pytest.raises(rate_changing.RateNotValid):
            rate_changing.change_rate(session, loan=late.loan, on=today, **(args | {"rate": Rate(0)}))


class TestDivertedUse:
    def declared(self, session, credit, on, from_on=date(2013, 1, 10)):
        return misuse.declare(
            session, loan=credit.loan, amount=yuan(650_000), from_on=from_on, evidence="资金流入股市", by=OFFICER,
            on=on, at=AT,
        )  # fmt: skip

    def test_bears_the_misuse_rate_from_its_day_and_is_special_mention(self, session, pair):
        """EX-18 by days: what the diverted part bears beyond the contract rate is its uplift of one hundred per cent."""
        credit = pair[0]
        run_until(session, FIRST_DUE)
        receive(session, credit, INTEREST, FIRST_DUE)
        today = date(2013, 2, 20)
        run_until(session, today)
        found = self.declared(session, credit, today)
        misuse.confirm(session, diversion=found, by=REVIEWER, on=today, at=AT)
        days = (today - date(2013, 1, 10)).days
        assert loan_account.meter_of(session, credit.loan).penalty_fen == half_up(
            65_000_000 * 61_500 * days, 360_000_000
        )
        assert credit.loan.five_class is FiveClass.SPECIAL_MENTION
        later = date(2013, 3, 15)
        run_until(session, later)
        session.refresh(credit.loan)
        days = (later - date(2013, 1, 10)).days
        assert loan_account.meter_of(session, credit.loan).penalty_fen == half_up(
            65_000_000 * 61_500 * days, 360_000_000
        )
        assert credit.loan.five_class is FiveClass.SPECIAL_MENTION
        misuse.end(session, diversion=found, until_on=today, reason="已整改", by=REVIEWER, on=later, at=AT)
        days = (today - date(2013, 1, 10)).days
        assert loan_account.meter_of(session, credit.loan).penalty_fen == half_up(
            65_000_000 * 61_500 * days, 360_000_000
        )
        run_until(session, later + timedelta(days=4))
        assert loan_account.meter_of(session, credit.loan).penalty_fen == half_up(
            65_000_000 * 61_500 * days, 360_000_000
        )

    def test_heard_of_late_ends_where_it_ends_when_heard_of_at_once(self, session, pair):
        prompt, late = pair
        day = date(2013, 1, 10)
        run_until(session, day)
        misuse.confirm(session, diversion=self.declared(session, prompt, day), by=REVIEWER, on=day, at=AT)
        today = date(2013, 4, 2)  # interest has been late for twelve days, so both bear compound interest as well
        run_until(session, today)
        misuse.confirm(session, diversion=self.declared(session, late, today), by=REVIEWER, on=today, at=AT)
        assert state(session, late, today) == state(session, prompt, today)

    def test_needs_another_person_to_confirm_it(self, session, pair):
        credit = pair[0]
        run_until(session, FIRST_DUE)
        both = person(Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
        found = misuse.declare(
            session, loan=credit.loan, amount=yuan(1), from_on=ON, evidence="示例", by=both, on=FIRST_DUE, at=AT
        )
        with pytest.raises(SameHand):
            misuse.confirm(session, diversion=found, by=both, on=FIRST_DUE, at=AT)
        misuse.reject(session, diversion=found, reason="查无实据", by=REVIEWER, on=FIRST_DUE, at=AT)
        assert found.stage is DiversionStage.REJECTED
        with pytest.raises(misuse.MoreDivertedThanPaidOut):
            misuse.declare(
                session, loan=credit.loan, amount=yuan(4_000_001), from_on=ON, evidence="示例", by=OFFICER, on=FIRST_DUE,
                at=AT,
            )  # fmt: skip


class TestBankruptcy:
    def test_stops_interest_on_the_day_of_acceptance_however_late_it_is_heard_of(self, session, pair):
        prompt, late = pair
        day = date(2013, 1, 10)
        args = {"accepted_on": day, "court": "示例法院", "case_number": "(2013)示例1号", "by": REVIEWER, "at": AT}
        run_until(session, day)
        insolvency.stop_interest(session, loan=prompt.loan, on=day, **args)
        owed = loan_account.owed(session, prompt.loan, day).total
        today = day + timedelta(days=60)
        run_until(session, today)
        insolvency.stop_interest(session, loan=late.loan, on=today, **args)
        assert loan_account.owed(session, late.loan, today).total == owed
        assert state(session, late, today) == state(session, prompt, today)
        assert late.loan.five_class is FiveClass.LOSS
        run_until(session, today + timedelta(days=200))
        assert loan_account.owed(session, late.loan, today + timedelta(days=200)).total == owed
        with pytest.raises(insolvency.InterestStoppedBefore):
            insolvency.stop_interest(session, loan=late.loan, on=today, **args)


class TestUnidentifiedMoney:
    def test_lies_apart_until_it_is_assigned_with_its_own_day(self, session, pair):
        prompt, late = pair
        run_until(session, FIRST_DUE)
        receive(session, prompt, INTEREST, FIRST_DUE)
        loose = loose_money.take_loose(
            session,
            amount=INTEREST,
            bank_ref="L-1",
            payer="示例",
            received_on=FIRST_DUE,
            by=OFFICER,
            on=FIRST_DUE,
            at=AT,
        )
        assert balance(session, "bank.suspense", part=loose.number).net == -INTEREST
        today = FIRST_DUE + timedelta(days=40)
        run_until(session, today)
        receipt = loose_money.assign(session, loose=loose, loan=late.loan, by=OFFICER, on=today, at=AT)
        assert (receipt.received_on, receipt.bank_ref, loose.rest) == (FIRST_DUE, "L-1", ZERO)
        assert state(session, late, today) == state(session, prompt, today)
        servicing.reverse_receipt(session, receipt=receipt, reason="认领有误", by=REVIEWER, on=today, at=AT)
        assert loose.rest == INTEREST

    def test_goes_back_through_another_hand(self, session, pair):
        taker = person(Role.LOAN_OFFICER, Role.DISBURSER)
        loose = loose_money.take_loose(session, amount=yuan(5), bank_ref="L-2", received_on=ON, by=taker, on=ON, at=AT)
        with pytest.raises(SameHand):
            loose_money.give_back(session, loose=loose, reason="付错", by=taker, on=ON, at=AT)
        assert loose_money.give_back(session, loose=loose, reason="付错", by=DISBURSER, on=ON, at=AT) == yuan(5)
        with pytest.raises(loose_money.MoreThanLeft):
            loose_money.give_back(session, loose=loose, reason="付错", by=DISBURSER, on=ON, at=AT)

    def test_of_one_debtor_goes_to_his_loans_in_the_law_s_order(self, session):
        """The loan without a guarantee first, the rest to the other one (Civil Code art. 560)."""
        firm = a_debtor(session)
        covered = a_guaranteed_loan(session, firm=firm)
        application, decision = an_approval(session, firm=firm, share_ppm=400_000)
        cover = a_reservation(session, application, decision)
        _, bare = a_contract(session, application, decision)
        put_in_force(session, cover)
        pay_out(session, bare)
        run_until(session, FIRST_DUE)
        loose = loose_money.take_loose(
            session, amount=INTEREST + yuan(100), bank_ref="L-3", received_on=FIRST_DUE, by=OFFICER, on=FIRST_DUE, at=AT
        )
        args = {"loose": loose, "by": OFFICER, "on": FIRST_DUE, "at": AT}
        with pytest.raises(loose_money.NotHisLoan):
            loose_money.share_out(session, loans=[covered.loan], chosen=["X"], **args)
        one, two = loose_money.share_out(session, loans=[covered.loan, bare], **args)
        assert (one.loan_id, one.amount) == (bare.key, INTEREST)
        assert (two.loan_id, two.amount) == (covered.loan.key, yuan(100))
        assert [one.bank_ref, two.bank_ref] == ["L-3#1", "L-3#2"]


def hear_of(session, credit, fact, today):
    """What the bank does on the day on which it hears of a fact."""
    kind, number, on, much, prepay = fact
    loan, args = credit.loan, {"on": today, "at": AT}
    if kind == "pay":
        return receive(session, credit, much, today, value_on=on, prepay=prepay, ref=f"{number}-{loan.number}")
    if kind == "rate":
        return rate_changing.change_rate(session, loan=loan, rate=much, from_on=on, reason="示例", by=REVIEWER, **args)
    found = misuse.declare(session, loan=loan, amount=much, from_on=on, evidence="示例", by=OFFICER, **args)
    return misuse.confirm(session, diversion=found, by=REVIEWER, **args)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_arrival_ends_the_same(session, pair, seed):
    """Payments, an early one, a new rate, diverted use: one loan hears of each on its own day, its twin of all of them
    late and in any order while the days run on; then one payment bounces on both."""
    chance = random.Random(seed)
    prompt, late = pair
    start, ends = date(2012, 12, 10), date(2013, 1, 9)

    def day():
        return start + timedelta(days=chance.randint(0, 20))

    facts = [("pay", number, day(), yuan(chance.randint(1, 60_000)), False) for number in range(3)]
    facts.append(("pay", 3, day(), yuan(chance.randint(1, 900_000)), True))
    facts.append(("rate", 4, day(), Rate(chance.randint(30_000, 90_000)), False))
    facts.append(("divert", 5, day(), yuan(chance.randint(1, 4_000_000)), False))
    heard = [(fact[2], prompt, fact) for fact in facts]
    heard += [(ends - timedelta(days=chance.randint(0, 8)), late, fact) for fact in facts]
    chance.shuffle(heard)
    done = {}
    for today, credit, fact in sorted(heard, key=lambda one: one[0]):
        run_until(session, today)
        done[credit.loan.number, fact[1]] = hear_of(session, credit, fact, today)
    run_until(session, ends)
    assert state(session, late, ends) == state(session, prompt, ends)
    for credit in pair:
        bounced = done[credit.loan.number, 1]
        servicing.reverse_receipt(session, receipt=bounced, reason="退票", by=REVIEWER, on=ends, at=AT)
    assert state(session, late, ends) == state(session, prompt, ends)
    assert prompt.loan.outstanding < yuan(4_000_000)
