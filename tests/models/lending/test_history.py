"""Any order, one result: a walk through a loan's history ends to the fen where one day after the other ends."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from by_day import ByDay, Impossible, run_day

from models.lending.ageing import AgeingRules
from models.lending.allocation import LEGAL_ORDER, DueKind, OrderNotValid
from models.lending.facts import (
    Agreement,
    Classed,
    Crossed,
    Diverted,
    InterestStopped,
    LoanRules,
    Paid,
    PaidOut,
    RateChanged,
    Refunded,
    in_order,
)
from models.lending.history import NotReplayable, walk
from models.lending.terms import BY_MONTHS, RepaymentMethod
from models.loan import Contract
from models.values.money import Money, half_up
from models.values.rate import Rate
from models.values.terms import add_months
from workflows.replanning import ContractPlanner

START = date(2013, 1, 15)
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
RULES = LoanRules(
    since=date(2012, 1, 1),
    alloc_order=LEGAL_ORDER,
    alloc_order_npl=(DueKind.COSTS, DueKind.PRINCIPAL, DueKind.INTEREST, DueKind.PENALTY, DueKind.COMPOUND),
    prepay_fee_ppm=0,
    compound_on_penalty=False,
    ageing=AGEING,
)


def off_rest_days(day: date) -> date:
    """Weekends and a long holiday are no business days."""
    while day.weekday() >= 5 or date(2013, 10, 1) <= day <= date(2013, 10, 7):
        day += timedelta(days=1)
    return day


def a_contract(chance: random.Random, method: RepaymentMethod | None = None) -> Contract:
    method = method or chance.choice(list(RepaymentMethod))
    months = chance.randint(3, 14)
    end = add_months(START, months)
    amount = chance.choice([chance.randint(10_000, 900_000), chance.randint(1_000_000, 900_000_000)])
    plan = []
    if method is RepaymentMethod.FREE_FORM:
        days = sorted(chance.sample(range(20, (end - START).days), chance.randint(1, 5)))
        parts = [amount // (len(days) + 1)] * len(days)
        dues = [*(START + timedelta(days=day) for day in days), end]
        shares = [*parts, amount - sum(parts)]
        plan = [{"due_on": due.isoformat(), "fen": fen} for due, fen in zip(dues, shares, strict=True)]
    settled = method is RepaymentMethod.INTEREST_FIRST or (
        method is RepaymentMethod.FREE_FORM and chance.random() < 0.5
    )
    return Contract(
        amount=Money(amount),
        rate=Rate(chance.choice([38_500, 61_500, 43_517, chance.randint(1, 240_000)])),
        penalty_uplift_ppm=chance.choice([300_000, 500_000]),
        misuse_uplift_ppm=chance.choice([500_000, 1_000_000, 400_000]),
        day_basis=chance.choice([360, 365]),
        method=method,
        settle_freq=chance.choice(["month", "quarter"]) if settled else None,
        settle_day=20 if settled else None,
        plan=plan,
        start_on=START,
        end_on=end,
    )


def some_facts(chance: random.Random, contract: Contract, days: int) -> list:
    """A random life: tranches, payments of every size, refunds, rates, diverted use, bankruptcy, classes."""
    amount = contract.amount.fen
    opened = START + timedelta(days=chance.randint(0, 5))

    def some_day(least: int = 0) -> date:
        return opened + timedelta(days=chance.randint(least, days))

    first = amount if chance.random() < 0.6 else max(amount // chance.randint(2, 4), 1)
    facts = [PaidOut(opened, first)]
    if first < amount:
        facts.append(PaidOut(opened + timedelta(days=chance.randint(0, 60)), amount - first))
    for number in range(chance.randint(0, 9)):
        fen = chance.choice(
            [chance.randint(1, 2_000), max(amount // chance.randint(5, 300), 1), chance.randint(1, 2 * amount)]
        )
        costs = chance.randint(1, fen) if chance.random() < 0.1 else 0
        paid = Paid(some_day(), f"R{number}", fen, chance.random() < 0.3, costs)
        facts.append(paid)
        if chance.random() < 0.08:
            facts.append(Refunded(paid.on + timedelta(days=chance.randint(0, 9)), paid.ref, chance.randint(1, 500)))
    if chance.random() < 0.25:
        facts.append(RateChanged(some_day(1), chance.choice([30_000, 72_500, chance.randint(1, 200_000)])))
    if chance.random() < 0.25:
        part, since = chance.randint(1, amount), some_day()
        facts.append(Diverted(since, part))
        if chance.random() < 0.5:
            facts.append(Diverted(since + timedelta(days=chance.randint(1, 90)), -part))
    if chance.random() < 0.08:
        facts.append(InterestStopped(some_day(1)))
    if chance.random() < 0.12:
        facts += [Classed(some_day(1), chance.randint(0, 4)) for _ in range(chance.randint(1, 3))]
    if chance.random() < 0.06:
        facts.append(Crossed(some_day(1)))
    return facts


def agreed(contract: Contract) -> Agreement:
    return Agreement(
        rate_ppm=contract.rate.ppm,
        penalty_uplift_ppm=contract.penalty_uplift_ppm,
        misuse_uplift_ppm=contract.misuse_uplift_ppm,
        day_basis=contract.day_basis,
        by_months=contract.method in BY_MONTHS,
        matures_on=contract.end_on,
    )


SHOWN = (
    "outstanding", "disbursed", "interest", "penalty", "compound", "penalty_rest", "compound_rest", "interest_income",
    "penalty_income", "fee_income", "rank", "held", "suspended", "days_past_due", "ended_on", "surplus",
)  # fmt: skip


def as_walked(account) -> dict:
    found = {name: getattr(account, name) for name in SHOWN}
    found["lines"] = [
        (
            line.number, line.period_start, line.period_end, line.due_on, line.payable_on, line.balance_fen,
            line.principal_fen, line.interest_fen, line.brought_fen, line.principal_paid, line.interest_paid,
        )
        for line in account.live
    ]  # fmt: skip
    return found


def as_run(loan: ByDay) -> dict:
    found = {name: getattr(loan, name) for name in SHOWN}
    lines = sorted(loan.lines, key=lambda line: (line.period_end, line.number))
    found["lines"] = [
        (
            line.number, line.period_start, line.period_end, line.due_on, line.payable_on, line.balance,
            line.principal.fen, line.interest, line.brought, line.principal_paid, line.interest_paid,
        )
        for line in lines
    ]  # fmt: skip
    return found


def totals(found: dict) -> dict:
    """The loan itself: repayments of one day may share what they settle in another way."""
    return found | {"surplus": sum(found["surplus"].values())}


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    "rules", [RULES, replace(RULES, compound_on_penalty=True, prepay_fee_ppm=7_000)], ids=["a", "b"]
)
def test_a_walk_ends_where_one_day_after_the_other_ends_and_so_does_every_order_of_arrival(seed, rules):
    """Two thousand histories of up to eleven months, a hundred in step, to the fen and to the remainder."""
    chance = random.Random(seed)
    days, cases = chance.randint(60, 330), []
    for _ in range(100):
        contract = a_contract(chance)
        facts = some_facts(chance, contract, days)
        planner = ContractPlanner(contract, off_rest_days)
        cases.append((ByDay(agreed(contract), rules, planner), in_order(facts), facts, planner))
    on, morning = START, START + timedelta(days=days)
    while True:
        for loan, ordered, _, _ in cases:
            for fact in ordered:
                if fact.on == on and not loan.impossible:
                    try:
                        loan.happen(fact)
                    except Impossible:
                        loan.impossible = True
        if on == morning:
            break
        running = [loan for loan, *_ in cases if not loan.impossible]
        run_day(running, on)
        on += timedelta(days=1)
    possible = 0
    for loan, _, facts, planner in cases:
        if loan.impossible:
            with pytest.raises(NotReplayable):
                walk(loan.agreement, [rules], facts, planner, morning=morning)
            continue
        possible += 1
        chance.shuffle(facts)
        account = walk(loan.agreement, [rules], facts, planner, morning=morning)
        assert totals(as_walked(account)) == totals(as_run(loan)), facts
    assert possible > 80


class TestDivertedUse:
    def test_bears_the_misuse_rate_on_the_diverted_part_only(self):
        """EX-18: 650,000 diverted for 53 days at twice 3.85% cost 7,368.47; the schedule bears the contract's half of it."""
        contract = a_contract(random.Random(1), RepaymentMethod.BULLET)
        contract.amount, contract.rate, contract.day_basis = Money(200_000_000), Rate(38_500), 360
        contract.misuse_uplift_ppm, contract.end_on = 1_000_000, date(2014, 1, 15)
        facts = [PaidOut(START, 200_000_000), Diverted(date(2013, 5, 9), 65_000_000)]
        account = walk(
            agreed(contract), [RULES], facts, ContractPlanner(contract, off_rest_days), morning=date(2013, 7, 1)
        )
        assert account.penalty == half_up(65_000_000 * 38_500 * 53, 360_000_000) == 368_424


class TestBankruptcy:
    def test_makes_everything_due_and_stops_all_interest_on_the_day_of_acceptance(self):
        contract = a_contract(random.Random(2), RepaymentMethod.BULLET)
        contract.amount, contract.end_on = Money(200_000_000), date(2014, 1, 15)
        accepted = date(2013, 6, 3)
        facts = [PaidOut(START, 200_000_000), InterestStopped(accepted)]
        planner = ContractPlanner(contract, off_rest_days)
        then = walk(agreed(contract), [RULES], facts, planner, morning=accepted)
        later = walk(agreed(contract), [RULES], facts, planner, morning=accepted + timedelta(days=200))
        assert then.interest == later.interest > 0
        assert (later.penalty, later.compound) == (0, 0)
        assert later.days_past_due == 199
        assert [line.principal_fen for line in later.live] == [200_000_000]


class TestBadFacts:
    def test_a_payment_before_the_pay_out_cannot_be(self):
        contract = a_contract(random.Random(3))
        facts = [PaidOut(START, contract.amount.fen), Paid(START - timedelta(days=1), "X", 1)]
        with pytest.raises(NotReplayable, match="before_pay_out"):
            walk(agreed(contract), [RULES], facts, ContractPlanner(contract, off_rest_days), morning=START)

    def test_more_cannot_be_refunded_than_was_over(self):
        contract = a_contract(random.Random(4), RepaymentMethod.BULLET)
        facts = [PaidOut(START, contract.amount.fen), Paid(START, "X", 5), Refunded(START, "X", 6)]
        with pytest.raises(NotReplayable, match="refunded"):
            walk(agreed(contract), [RULES], facts, ContractPlanner(contract, off_rest_days), morning=START)

    @pytest.mark.parametrize("order", [(), (DueKind.COSTS,), (*LEGAL_ORDER, DueKind.COSTS)])
    def test_rules_without_a_whole_order_of_allocation_are_refused(self, order):
        with pytest.raises(OrderNotValid):
            replace(RULES, alloc_order=order)
