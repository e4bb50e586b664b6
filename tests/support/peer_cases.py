"""Cases of other systems' test suites as calls of our own functions: the adapter between `shared/data/schedules` and the
product. `answer` gives what a case asks for, or None where the product has no such convention; `why_not` names it.

It reads a case's conventions only, never its name, so that cases of the same kind run without a change.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from math import gcd, lcm
from pathlib import Path

ROOT = Path(__file__).parents[2]
if str(ROOT) not in sys.path:  # the scorer loads this file by its path
    sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from models.lending.accrual import interest_of_days, penalty_rate_ppm  # noqa: E402
from models.lending.all_in import rate_of_flows  # noqa: E402
from models.lending.allocation import LEGAL_ORDER, Due, DueKind, allocate  # noqa: E402
from models.lending.day_count import DayCount, days_30_360, parts_of_year  # noqa: E402
from models.lending.levelled import kept_level, level_of, levelled  # noqa: E402
from models.lending.settling import PlannedDue, SettlingOrder, Surplus, settle  # noqa: E402
from models.values.identifiers import NumberNotValid, parse_credit_code, parse_patent_number  # noqa: E402
from models.values.lpr import lpr_price  # noqa: E402
from models.values.money import Money, half_up  # noqa: E402
from models.values.rate import MILLION, Rate  # noqa: E402
from models.values.terms import add_months  # noqa: E402
from scoring.bridge_fee import overdue_charge  # noqa: E402
from scoring.equity_value import convert_at_round, liquidation  # noqa: E402

# What is left out, with the reason; docs/formulas.md prints the same table.

ROUNDING = "another rounding than half up"
FINER = "amounts finer than the currency's unit, rates finer than a millionth"
FLAT = "interest on the first principal for the whole term (flat)"
LAST_ROW = "a last instalment whose interest takes the rest"
FIRST_ROW = "what rounding leaves in the first instalment"
PUT_OFF = "interest put off or forgone at the start, a fee inside each instalment"
OTHER_LEVEL = "an instalment that does not follow from the rates by which interest is reckoned"
DOWN_PAYMENT = "a share paid back on the day of pay-out, in a schedule"
MOVED_LEVEL = "an instalment moved after it was reckoned"
COMPOUNDED = "a rate compounded in other periods than it is paid, or by the days of calendar months"
KEPT_RATE = "a new rate that leaves the instalment as it was, a cap on the instalment"
THIRTY_SHARE = "a part of a thirty-day month counted by its share of actual days"
OTHER_YEAR = "a year of other than 360 or 365 days, or of the calendar's own length"
UNEQUAL_RATE = "a new rate foreseen over periods of unequal length"
EARLY = "an early repayment that is neither a shorter term nor a lower instalment"
ORDER = "dues of earlier days kind by kind before those of the day, another place for a surplus"
SPREAD_TRANCHE = "a tranche of an interest-free plan with a share due at once"
EVENTS = "events other than pay-outs, charges and repayments"
SAVINGS = (
    "savings plans, instalments at the start of a period, worths at a rate of interest, terms in parts of a period"
)
OTHER_CHANGE = "another change of a rate than basis points and an uplift"
BUCKETS = "another country's buckets of days past due"
DUE_RULE = "due days by another rule than a day of the month"
POOL = "a pool of options inside the pre-money value, ownership of every holder of a round"
CLASSES = "several classes of preferred shares"
SAFE = "agreements for future equity (SAFE)"

LEFT_OUT = {
    ROUNDING: "one rounding rule for every amount (NUM-02); a tie is no reason for a second one",
    FINER: "money is whole fen, a rate whole parts per million",
    FLAT: "the rate it states is about half of the yearly rate it costs",
    LAST_ROW: "interest is always balance times rate; principal takes the rest",
    FIRST_ROW: "it is always paid last (NUM-04)",
    PUT_OFF: "interest falls due with its period (LOAN-15); fees are dues of their own",
    OTHER_LEVEL: "the last instalment would have to make up for it",
    DOWN_PAYMENT: "the bank pays out what it lends (LOAN-12)",
    MOVED_LEVEL: "the difference is a few fen and belongs to the last instalment",
    COMPOUNDED: "rates here are nominal and yearly (LOAN-10, LOAN-13)",
    KEPT_RATE: "principal would not be repaid at maturity",
    THIRTY_SHARE: "a period that is cut counts actual days (LOAN-11)",
    OTHER_YEAR: "contracts agree on 360 or 365 (LOAN-10)",
    UNEQUAL_RATE: "the case does not say what was foreseen",
    EARLY: "these two are what borrowers choose",
    ORDER: "LOAN-21 settles kinds or instalments through",
    SPREAD_TRANCHE: "such sales on credit are no loans of a bank",
    EVENTS: "reversals and refunds are entries of the books, not of a plan",
    SAVINGS: "no loan here is agreed in these terms",
    OTHER_CHANGE: "LOAN-09, LOAN-18",
    BUCKETS: "ours are rules (CLS)",
    DUE_RULE: "LOAN-15, LOAN-22",
    POOL: "the cap table is the firm's; the bank reckons its own share (EQ-05)",
    CLASSES: "public funds hold one class (EQ-14)",
    SAFE: "no holder here has them; claims become shares by EQ-04 and EQ-05",
}


class Unsupported(Exception):
    """The product has no such convention: one of `LEFT_OUT`."""


def answer(case):
    """The case's expected figures as the product reckons them, or None."""
    try:
        return KINDS.get(case["kind"], unknown)(case["input"], case["expected"])
    except Unsupported:
        return None


def why_not(case):
    """The convention for which `answer` gives None, or None."""
    try:
        KINDS.get(case["kind"], unknown)(case["input"], case["expected"])
    except Unsupported as reason:
        return str(reason)
    return None


def refuse(convention):
    assert convention in LEFT_OUT
    raise Unsupported(convention)


def unknown(given, asked):
    refuse(EVENTS)


# Amounts: whole numbers of the case's smallest unit, or of a finer one where the source does not round.


def whole(amount, unit):
    number = Fraction(amount) / unit
    return int(number) if number.denominator == 1 else refuse(FINER)


def shown(number, unit):
    """A whole number of units as the decimal text of an answer."""
    value = Fraction(int(number)) * unit
    return str(Decimal(value.numerator) / Decimal(value.denominator))


def finest(principal, numerator):
    """A unit small enough to stand for no rounding, large enough for 64 bits."""
    power = 0
    while power < 9 and Fraction(principal) * 100 * 10 ** (power + 1) * max(numerator, 1000) < 2**59:
        power += 1
    return Fraction(1, 100 * 10**power)


# Schedules


HALF = {"HALF_UP", "HALF_EVEN"}


def schedule(given, asked):
    made, unit, days = plan_of(given)
    places = {key: text for key, text in asked.items() if isinstance(text, str)}
    fine = given.get("unrounded") or given.get("balance_tracking") == "carry"
    money = Fraction(given.get("currency_unit", "0.01"))

    def told(number, text=None):
        if given.get("balance_tracking") == "carry":
            return shown(half_up(int(Fraction(int(number)) * unit / money * 10**9), 10**9), money)
        if fine and text is not None and "." in text and len(text.split(".")[1]) <= 2:
            return str(
                (Decimal(int(number)) * Decimal(unit.numerator) / Decimal(unit.denominator)).quantize(
                    Decimal("0.0001"), ROUND_HALF_UP
                )
            )
        return shown(number, unit)

    columns = [made.principal, made.interest, made.payment, made.balance]
    lines = list(zip(*(column[:, 0].tolist() for column in columns), strict=True))
    rows = []
    for number, (principal, interest, payment, balance) in enumerate(lines, 1):
        row = {"no": number, "principal": told(principal), "interest": told(interest), "payment": told(payment)}
        row["balance"] = told(balance)
        if days:
            row["due_date"] = days[number - 1]
        rows.append(row)
    level, (_, _, last, _) = int(made.level[0]), lines[-1]
    agreed = lines[0][2] if given.get("interest_only_periods") else level
    balloon = given.get("amortisation_periods", given["n"]) > given["n"]
    figures = {
        "payment": told(agreed, places.get("payment")),
        "first_payment": told(lines[0][2]),
        "last_payment": told(last),
        "total_interest": told(sum(line[1] for line in lines)),
        "total_payment": told(sum(line[2] for line in lines)),
        "balance_end": told(last - level if balloon else 0),
        "n": len(lines),
        "rows": rows,
    }
    if balloon and asked.get("rows"):
        figures["rows"] = rows[:-1]
    return {key: figures[key] for key in asked if key in figures}


def plan_of(given):
    """The schedule in columns, the unit its numbers count, and its due days if it has any."""
    refuse_conventions(given)
    periods, weights = given["n"], None
    growths, changes, days = growths_of(given)
    numerator = max((growth.numerator for growth in growths), default=0)
    carry = given.get("balance_tracking") == "carry"
    unit = (
        finest(given["principal"], numerator) if given.get("unrounded") or carry else Fraction(given["currency_unit"])
    )
    principal = whole(given["principal"], unit)
    foreseen = {row: [*growths[row:until], *[later] * (len(growths) - until)] for row, until, later in changes}
    if given.get("plan") == "recomputed_each_period":
        foreseen = {row: growths[row:] for row in range(periods)}
    every = [growth for later in (growths, *foreseen.values()) for growth in later]
    denominator = lcm(*(growth.denominator for growth in every))
    common = gcd(denominator, *(int(growth * denominator) for growth in every))
    rows, *again = (
        [int(growth * denominator) // common for growth in later] for later in (growths, *foreseen.values())
    )
    again = dict(zip(foreseen, again, strict=True))
    head = max(given.get("grace_principal", 0), given.get("interest_only_periods", 0))
    if given["amortisation"] == "interest_only":
        head = len(rows) - 1
    if head:
        weights = [0] * head + [1] * (len(rows) - head)
    multiple = given.get("installment_multiple_of")
    step = whole(multiple, unit) if multiple else 1
    options = {"unit": denominator // common, "annuity": given["amortisation"] != "equal_principal"}
    if given.get("early_repayments"):
        return repaid_early(given, principal, rows, options, unit), unit, days
    made = levelled(principal, rows, periods, weights=weights, again=again, multiple_fen=step, **options)
    if "HALF_EVEN" in {given.get(f"{what}_rounding") for what in ("payment", "interest", "principal")}:
        refuse_ties(given, principal, rows, options["unit"], made, step)
    if given.get("engine") == "progressive":
        refuse_shift(made, again)
    return made, unit, days


def refuse_conventions(given):
    if given["interest_method"] == "flat" and Fraction(
        given.get("annual_rate_percent") or given["periodic_rate_percent"]
    ):
        refuse(FLAT)
    for what in ("payment", "interest", "principal"):
        if given.get(f"{what}_rounding", "HALF_UP") not in HALF:
            refuse(ROUNDING)
    if given.get("last_row", "clears") != "clears":
        refuse(LAST_ROW)
    if given.get("plan") == "fixed_residual_first":
        refuse(FIRST_ROW)
    if (
        given.get("grace_interest_payment")
        or given.get("fee_per_period")
        or given.get("charge_interest_in_grace") is False
    ):
        refuse(PUT_OFF)
    if given.get("payment") or given.get("payment_rates_rule", given.get("rate_rule")) != given.get("rate_rule"):
        refuse(OTHER_LEVEL)
    if given.get("down_payment"):
        refuse(DOWN_PAYMENT)


def refuse_ties(given, principal, rows, unit, made, step):
    """Half even and half up differ on exact halves only: where one occurs, the case asks for another rule."""
    owed = principal
    for row, growth in enumerate(rows[: len(made.interest)]):
        if 2 * owed * growth % (2 * unit) == unit:
            refuse(ROUNDING)
        owed = int(made.balance[row, 0])
    if (
        not any(rows)
        and Fraction(2 * principal, len(rows) * step).denominator == 1
        and 2 * principal // (len(rows) * step) % 2
    ):
        refuse(ROUNDING)


def refuse_shift(made, again):
    """The source shifts the level once where that brings the last instalment closer; ours never does."""
    start = max(again, default=0)
    payments = made.payment[start:, 0].tolist()
    if len(payments) > 1 and abs(half_up(payments[-1] - payments[0], len(payments))) >= 1:
        refuse(MOVED_LEVEL)


def a_year(given):
    """How many periods a year has."""
    if "periods_per_year" in given:
        return Fraction(given["periods_per_year"])
    every = given.get("frequency", {})
    return Fraction(12, every["every"]) if every.get("unit") == "month" else refuse(OTHER_YEAR)


def growths_of(given):
    """The growth of each row as a fraction; for each new rate its row, the row up to which the growth is known then and
    the growth foreseen after that; and the due days."""
    days = given.get("due_dates")
    if given.get("engine") == "progressive":
        return progressive(given)
    count = max(given.get("amortisation_periods", 0), given["n"])
    rule = given.get("rate_rule", "nominal_over_periods")
    if rule == "given_periodic":
        rate = Fraction(given["periodic_rate_percent"]) / 100
    elif rule == "nominal_over_periods":
        rate = Fraction(given["annual_rate_percent"]) / 100 / a_year(given)
    elif rule in ("actual/360", "actual/365") and days and count == len(days):
        stretches = zip([given["disbursement_date"], *days], days, strict=False)
        yearly = Fraction(given["annual_rate_percent"]) / 100
        return [yearly * parts(a, b, DayCount(rule)) for a, b in stretches], (), days
    else:
        refuse(COMPOUNDED)
    growths = [rate] * count
    if given.get("first_period_nominal_days") and days:
        actual = (date.fromisoformat(days[0]) - date.fromisoformat(given["disbursement_date"])).days
        growths[0] *= Fraction(actual, given["first_period_nominal_days"])
    changes = [(0, 0, rate)] if given.get("rate_changes") else []
    for change in given.get("rate_changes", ()):
        if not change.get("recast", True) or change.get("payment_cap_factor"):
            refuse(KEPT_RATE)
        row = change["from_payment"] - 1
        new = Fraction(change["annual_rate_percent"]) / 100 / a_year(given)
        growths[row:] = [new] * (count - row)
        changes.append((row, row, new))
    return growths, changes, days


def progressive(given):
    days = [date.fromisoformat(day) for day in given["due_dates"]]
    start = date.fromisoformat(given["disbursement_date"])
    drawings = given["disbursements"]
    if len(drawings) != 1 or drawings[0]["date"] != given["disbursement_date"]:
        refuse(THIRTY_SHARE)
    rates = [(start, Fraction(given["annual_rate_percent"]))]
    rates += [
        (date.fromisoformat(c["effective_from"]), Fraction(c["annual_rate_percent"])) for c in given["rate_changes"]
    ]
    starts = [start, *days[:-1]]
    if any(on not in starts for on, _ in rates):
        refuse(THIRTY_SHARE)
    basis, month = given["days_in_year"], given["days_in_month"]
    if basis not in ("360", "365"):
        refuse(OTHER_YEAR)
    growths, shares = [], []
    for begin, end in zip(starts, days, strict=True):
        rate = max((on, rate) for on, rate in rates if on <= begin)[1] / 100
        months = (end.year - begin.year) * 12 + end.month - begin.month
        shares.append(Fraction(30 * months if month == "30" else (end - begin).days, int(basis)))
        growths.append(rate * shares[-1])
    if len(set(shares)) > 1 and len(rates) > 1:
        refuse(UNEQUAL_RATE)
    changes = (
        [(starts.index(on), starts.index(on), rate / 100 * shares[0]) for on, rate in rates] if len(rates) > 1 else []
    )
    return growths, changes, given["due_dates"]


def parts(start, end, convention):
    number, year = parts_of_year(date.fromisoformat(start), date.fromisoformat(end), convention)
    return Fraction(number, year)


def repaid_early(given, principal, rows, options, unit):
    """Each early repayment ends one schedule and begins the next: shorter (the instalment stays) or lower."""
    refuse_if = [
        one["strategy"] for one in given["early_repayments"] if one["strategy"] not in ("reduce_term", "reduce_payment")
    ]
    if refuse_if:
        refuse(EARLY)
    made, done = levelled(principal, rows, len(rows), **options), 0
    for one in sorted(given["early_repayments"], key=lambda one: one["period"]):
        row, amount = one["period"] - 1, whole(one["amount"], unit)
        if row >= len(made.principal):
            continue
        amount = min(amount, int(made.balance[row, 0]))
        made.principal[row] += amount
        made.balance[row] -= amount
        done, owed = row + 1, int(made.balance[row, 0])
        if not owed:
            made = cut(made, done)
            break
        if one["strategy"] == "reduce_term":
            rest = kept_level(owed, int(made.level[0]), rows[done:], unit=options["unit"])
        else:
            rest = levelled(owed, rows[done:], len(rows) - done, **options)
        made = joined(cut(made, done), rest)
    return made


def cut(made, rows):
    return type(made)(made.level, made.principal[:rows], made.interest[:rows], made.balance[:rows])


def joined(first, rest):
    both = [
        np.concatenate(pair)
        for pair in ((first.principal, rest.principal), (first.interest, rest.interest), (first.balance, rest.balance))
    ]
    return type(first)(first.level, *both)


# Allocation


ORDER = {"penalty": DueKind.PENALTY, "fee": DueKind.COSTS, "interest": DueKind.INTEREST, "principal": DueKind.PRINCIPAL}
SURPLUS = {"next_installment": Surplus.NEXT, "last_installment": Surplus.LAST, "reamortization": Surplus.SPREAD}

PEER_ORDERS = {"due_then_in_advance", "past_due_then_due_then_future", "installment_by_installment"}


def allocation(given, asked):
    rule = given["allocation"]
    if rule.get("scope", "installment_first") != "installment_first" or rule["kind"] not in PEER_ORDERS:
        refuse(ORDER)
    if rule.get("future_rule", "next_installment") not in SURPLUS:
        refuse(ORDER)
    order = SettlingOrder(
        due=[ORDER[kind] for kind in rule["order_due"]],
        ahead=[ORDER[kind] for kind in rule["order_in_advance"]],
        surplus=SURPLUS[rule.get("future_rule", "next_installment")],
    )
    unit = Fraction(given["currency_unit"])
    paid_out = [event for event in given["events"] if event["type"] == "disbursement"]
    if len(paid_out) != 1 or paid_out[0]["date"] != given["disbursement_date"]:
        refuse(SPREAD_TRANCHE)
    given = dict(given, principal=paid_out[0]["amount"])
    down = given.pop("down_payment", None)
    plan, events = [], []
    if down:
        first = half_up(int(Fraction(given["principal"]) * Fraction(down["percent"]) / 100 / unit * 10**6), 10**6)
        plan.append(PlannedDue(1, date.fromisoformat(given["disbursement_date"]), {DueKind.PRINCIPAL: first}))
        given["principal"] = str(
            Decimal(given["principal"]) - Decimal(first) * Decimal(unit.numerator) / Decimal(unit.denominator)
        )
        if down["auto_paid"]:
            events.append((plan[0].due_on, first))
    made, _, _ = plan_of(given)
    for number, day in enumerate(given["due_dates"], 1):
        due = {
            DueKind.PRINCIPAL: int(made.principal[number - 1, 0]),
            DueKind.INTEREST: int(made.interest[number - 1, 0]),
        }
        plan.append(PlannedDue(len(plan) + 1, date.fromisoformat(day), due))
    happened = []
    for event in given["events"]:
        on, fen = date.fromisoformat(event["date"]), whole(event["amount"], unit)
        if event["type"] in ("fee", "penalty"):
            happened.append((date.min if rule.get("replay") == "charges_first" else on, 0, on, event["type"], fen))
        elif event["type"] == "repayment":
            happened.append((on, 1, on, "repayment", fen))
        elif event["type"] != "disbursement":
            refuse(EVENTS)
    happened = [(on, 0, on, "repayment", fen) for on, fen in events] + happened
    splits = []
    for _, _, on, what, fen in sorted(happened, key=lambda one: (one[0], one[1])):
        if what == "repayment":
            splits.append(settle(plan, fen, on, order=order))
        else:
            # Only where "due" is read by the day of the charge itself; else it is due with its instalment.
            own_day = on if rule["kind"] == "due_then_in_advance" else None
            charged(plan, on, down is not None).charge(ORDER[what], fen, own_day)
    owed = sum(row.due.get(DueKind.PRINCIPAL, 0) for row in plan)
    rows = []
    for row in sorted(plan, key=lambda row: (row.due_on, row.number)):
        owed -= row.due.get(DueKind.PRINCIPAL, 0)
        told = {word: shown(row.due.get(kind, 0), unit) for word, kind in ORDER.items()}
        told |= {"no": len(rows) + 1, "due_date": row.due_on.isoformat(), "due": shown(row.due_fen, unit)}
        told |= {"paid": shown(row.paid_fen, unit), "paid_in_advance": shown(row.paid_ahead_fen, unit)}
        told |= {"paid_late": shown(row.paid_late_fen, unit), "outstanding": shown(row.left_fen, unit)}
        told |= {"balance": shown(owed, unit), "paid_date": row.settled_on.isoformat() if row.settled_on else None}
        rows.append(told)
    transactions = [
        {"date": one.on.isoformat(), "amount": shown(one.amount_fen, unit)}
        | {word: shown(one.parts.get(kind, 0), unit) for word, kind in ORDER.items()}
        for one in splits
    ]
    figures = {"rows": rows, "transactions": transactions}
    return {key: figures[key] for key in asked}


def charged(plan, on, down):
    """A charge falls due with the instalment in whose period it lies; after the last one it stands by itself."""
    for row in plan[1:] if down else plan:
        if on <= row.due_on:
            return row
    plan.append(PlannedDue(len(plan) + 1, on, {}))
    return plan[-1]


# Running accounts, prices and the value of money


def daily_ledger(given, asked):
    """Simple interest by the day; a payment settles charges, then interest, then principal (LOAN-21)."""
    if given["interest_rounding"] != "HALF_UP" or given.get("payment_rounding", "HALF_UP") != "HALF_UP":
        refuse(ROUNDING)
    unit = Fraction(given["currency_unit"])
    rate = Fraction(given["rate_percent"]) / 100 / (1 if given["rate_per"] == "day" else 365)
    start, owed = date.fromisoformat(given["start_date"]), whole(given["principal"], unit)
    growth, units = rate.numerator, rate.denominator
    charges = numbers = interest_paid = since = 0
    rows, flows = [], []
    for move in given["movements"]:
        numbers += owed * growth * (move["day"] - since)
        charges += whole(move.get("new_charge", "0"), unit)
        interest = max(half_up(numbers, units) - interest_paid, 0)
        paid = whole(move["payment"], unit)
        on, since = start + timedelta(days=move["day"]), move["day"]
        dues = [Due(1, DueKind.COSTS, on, charges), Due(1, DueKind.INTEREST, on, interest)]
        used = allocate(paid, [*dues, Due(1, DueKind.PRINCIPAL, on, owed)], order=LEGAL_ORDER)
        part = {kind: used.paid_fen(kind) for kind in (DueKind.COSTS, DueKind.INTEREST, DueKind.PRINCIPAL)}
        charges -= part[DueKind.COSTS]
        owed -= part[DueKind.PRINCIPAL]
        interest_paid += part[DueKind.INTEREST]
        if interest and part[DueKind.INTEREST] == interest:
            numbers = interest_paid = 0
        words = {"charges": DueKind.COSTS, "interest": DueKind.INTEREST, "principal": DueKind.PRINCIPAL}
        row = {"day": move["day"], "balance": shown(owed, unit)}
        rows.append(row | {word: shown(part[kind], unit) for word, kind in words.items()})
        flows.append((on, paid))
    figures = {"rows": rows}
    if "apr_percent" in asked:
        figures["apr_percent"] = apr_of(start, given["principal"], flows, unit, asked["apr_percent"])
    if "level_payment" in asked:
        days = [0, *(move["day"] for move in given["movements"])]
        growths = [growth * (b - a) for a, b in pairwise(days)]
        made = levelled(whole(given["principal"], unit), growths, len(growths), unit=units)
        figures["level_payment"] = shown(made.level[0], unit)
    return {key: figures[key] for key in asked if key in figures}


def apr_of(start, principal, flows, unit, asked):
    rate = rate_of_flows([(start, -whole(principal, unit)), *flows])
    places = len(asked.split(".")[1]) if "." in asked else 0
    return str((Decimal(rate.ppm) / 10_000).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def apr(given, asked):
    unit, start = Fraction(1, 100), date.fromisoformat(given["start_date"])
    flows = [(start + timedelta(days=flow["day"]), whole(flow["amount"], unit)) for flow in given["flows"]]
    return {"apr_percent": apr_of(start, given["principal"], flows, unit, asked["apr_percent"])}


def tvm(given, asked):
    function, args = given["function"], given["args"]
    if function == "XIRR":
        scale = 10**8
        flows = zip(args["dates"], args["values"], strict=True)
        found = rate_of_flows((date.fromisoformat(on), round(Fraction(value) * scale)) for on, value in flows)
        return {"value": str(found.as_decimal())}
    if function not in ("PMT", "IPMT", "PPMT", "CUMIPMT", "CUMPRINC"):
        refuse(SAVINGS)
    if Fraction(str(args.get("fv", 0))) or args.get("when") or args.get("type"):
        refuse(SAVINGS)
    rate, periods, lent = Fraction(args["rate"]), int(args["nper"]), Fraction(args["pv"])
    if function == "PMT":
        level = level_of(lent, [rate] * periods)
        return {"value": str(-decimal(level))}
    rate = rate.limit_denominator(10**9)
    unit = finest(lent, rate.numerator * 10**3)
    made = levelled(int(lent / unit), [rate.numerator] * periods, periods, unit=rate.denominator)
    column = made.interest if "IPMT" in function else made.principal
    begin, end = args.get("start", args.get("per")), args.get("end", args.get("per"))
    return {"value": "-" + shown(column[begin - 1 : end, 0].sum(), unit)}


def decimal(value, places=40):
    return Decimal(half_up(value.numerator * 10**places, value.denominator)).scaleb(-places)


# Days, rates and single sums


THIRTY = {
    "30/360:european": DayCount.THIRTY_360_EUROPEAN,
    "30/360:bond_basis": DayCount.THIRTY_360,
    "30/360:us_nasd": DayCount.THIRTY_360_US,
}


def daycount(given, asked):
    start, end, name = date.fromisoformat(given["start"]), date.fromisoformat(given["end"]), given["convention"]
    if name in THIRTY:
        number, year = days_30_360(start, end, THIRTY[name]), 360
    elif name in ("actual/360", "actual/365", "actual/365:fixed", "actual/365 (fixed)"):
        number, year = (end - start).days, int(name[7:10])
    else:
        refuse(OTHER_YEAR)
    return {key: number if key == "days" else str(decimal(Fraction(number, year))) for key in asked}


def accrual(given, asked):
    start, end = date.fromisoformat(given["from"]), date.fromisoformat(given["to"])
    days = (end - start).days + (1 if given.get("inclusive_both_ends") else 0)
    basis = int(given["days_in_year"])
    if basis not in (360, 365):
        refuse(OTHER_YEAR)
    fen = interest_of_days(
        whole(given["amount"], Fraction(1, 100)), ppm(given["annual_rate_percent"]), days, day_basis=basis
    )
    return {key: {"days": days, "amount": shown(fen, Fraction(1, 100))}[key] for key in asked}


def ppm(percent):
    number = Fraction(percent) * 10_000
    return int(number) if number.denominator == 1 else refuse(FINER)


def rate(given, asked):
    start, by = ppm(given["annual_rate_percent"]), given["by"]
    if given["operation"] == "basis_points":
        changed = lpr_price(Rate(start), int(by)).ppm
    elif given["operation"] == "float_percent":
        changed = penalty_rate_ppm(start, [ppm(by)])
    else:
        refuse(OTHER_CHANGE)
    return {"rate_percent": str(Decimal(changed) / 10_000)}


def penalty(given, asked):
    due = date(2025, 1, 1)
    daily = Rate(ppm(given["daily_rate_percent"]))
    amount = Money.yuan(given["base"])
    return {"amount": str(overdue_charge(amount, due, due + timedelta(days=int(given["days"])), daily=daily).in_yuan())}


def dpd(given, asked):
    refuse(BUCKETS)


def due_dates(given, asked):
    first, number = date.fromisoformat(given["first"]), given["n"]
    if given["rule"] == "first_day_of_next_month":
        first = add_months(first.replace(day=1), 1)
    elif given["rule"] != "same_day_each_month":
        refuse(DUE_RULE)
    days = [add_months(first, index).isoformat() for index in range(number)]
    named = {"first": days[0], "second": days[1] if number > 1 else None, "last": days[-1], "dates": days, "n": number}
    return {key: named[key] for key in asked}


# Shares and numbers


def priced_round(given, asked):
    if given.get("pool_percent_post"):
        refuse(POOL)
    got = convert_at_round(
        Money.yuan(given["new_money"]),
        pre_shares=int(given["pre_round_shares"]),
        pre_money=Money.yuan(given["pre_money_valuation"]),
        discount=Rate(0),
    )
    refuse_fractions(got, Fraction(given["pre_money_valuation"]) / Fraction(given["pre_round_shares"]))
    figures = {"price": str(Decimal(got.price) / 10_000), "new_shares": got.shares}
    figures["total"] = int(given["pre_round_shares"]) + got.shares
    return figures if set(asked) <= set(figures) else refuse(POOL)


def refuse_fractions(got, price):
    """Prices here have four places, shares are whole and the remainder is paid in money (EQ-05)."""
    if got.remainder or price * 10_000 < got.price:
        refuse(FINER)


def note(given, asked):
    value = Fraction(given["pre_money_valuation"]) / Fraction(given["round_price"])
    if value.denominator != 1 or given.get("interest"):
        refuse(FINER)
    got = convert_at_round(
        Money.yuan(given["principal"]),
        pre_shares=int(value),
        pre_money=Money.yuan(given["pre_money_valuation"]),
        discount=Rate.of(given.get("discount", "0")),
        cap=Money.yuan(given["cap"]) if given.get("cap") else None,
    )
    refuse_fractions(got, Fraction(given["round_price"]))
    figures = {"conversion_price": str(Decimal(got.price) / 10_000), "shares": got.shares}
    return figures if set(asked) <= set(figures) else refuse(POOL)


def waterfall(given, asked):
    """One class with a preference beside common shares; several classes have no such agreement here (EQ-14)."""
    preferred = [one for one in given["classes"] if "preference_per_share" in one]
    common = [one for one in given["classes"] if "preference_per_share" not in one]
    if len(preferred) != 1 or len(common) != 1:
        refuse(CLASSES)
    own, rest = Fraction(preferred[0]["shares"]), Fraction(common[0]["shares"])
    claim = Fraction(preferred[0]["preference_per_share"]) * own
    share = half_up(own.numerator * MILLION * 10**6 // own.denominator, int((own + rest) * 10**6))
    if claim * 100 != round(claim * 100):
        refuse(FINER)
    got = liquidation(Money.yuan(given["exit_value"]), Money(int(claim * 100)), share)
    return {
        "payouts": {preferred[0]["name"]: str(got.investor.in_yuan()), common[0]["name"]: str(got.others.in_yuan())}
    }


def safe_round(given, asked):
    refuse(SAFE)


def identifier(given, asked):
    parse = {"uscc": parse_credit_code, "cn_patent": parse_patent_number}.get(given["type"]) or refuse(EVENTS)
    try:
        parse(given["value"])
    except NumberNotValid:
        return {"valid": False}
    return {"valid": True}


KINDS = {
    "schedule": schedule,
    "allocation": allocation,
    "daily_ledger": daily_ledger,
    "apr": apr,
    "tvm": tvm,
    "daycount": daycount,
    "accrual": accrual,
    "penalty": penalty,
    "rate": rate,
    "dpd": dpd,
    "due_dates": due_dates,
    "round": safe_round,
    "priced_round": priced_round,
    "note": note,
    "waterfall": waterfall,
    "identifier": identifier,
}


__all__: Sequence[str] = ["answer", "why_not"]
