"""One loan walked through from its first pay-out: dated facts in, how it stands on the morning after a day out.

The walk goes from breakpoint to breakpoint, not from day to day: between two of them nothing changes but what accrues,
and `accrue` with its remainder is additive over days. It ends to the fen where the end of day (`models.lending.day`) and
the counter (`models.lending.allocation`) end when the same facts arrive in the order of their days; so whatever arrives
late is answered by walking again and booking the difference. Amounts in fen; days as `date.toordinal` counts them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.lending.ageing import FiveClass, floor_by_days
from models.lending.allocation import DueKind
from models.lending.facts import (
    Agreement,
    Classed,
    Crossed,
    Diverted,
    Fact,
    InterestStopped,
    LoanRules,
    Paid,
    PaidOut,
    Planner,
    RateChanged,
    Rates,
    Refunded,
    in_order,
)
from models.lending.schedule import Instalment
from models.values.money import Money
from models.values.rate import MILLION

_FAR = 10**9


class NotReplayable(ValueError):
    """These facts cannot have happened one after the other; `reason` is a word for what is the matter."""

    def __init__(self, reason: str, on: date) -> None:
        super().__init__(f"{reason} on {on}")
        self.reason = reason
        self.on = on


@dataclass(slots=True, eq=False)
class Line:
    """A line of the schedule and what is paid of it. Its interest counts the days from `start` to before `end`."""

    plan: int
    number: int
    start_day: int
    end_day: int
    due_on: date
    payable_on: date
    balance_fen: int
    principal_fen: int
    interest_fen: int
    brought_fen: int
    live: bool = True
    late: bool = False
    principal_paid: int = 0
    interest_paid: int = 0
    settled_on: date | None = None

    @property
    def period_start(self) -> date:
        """The first day of its interest."""
        return date.fromordinal(self.start_day)

    @property
    def period_end(self) -> date:
        """The day on which its interest is complete."""
        return date.fromordinal(self.end_day)

    @property
    def principal(self) -> Money:
        """The principal it repays."""
        return Money(self.principal_fen)

    @property
    def unpaid(self) -> int:
        """What is not paid of it, principal and interest."""
        return self.principal_fen - self.principal_paid + self.interest_fen - self.interest_paid


@dataclass(frozen=True, slots=True)
class Part:
    """What a payment settled: of which line (none for penalty, compound, costs and early principal), how much."""

    line: Line | None
    kind: DueKind
    fen: int


@dataclass(slots=True, eq=False)
class Account:
    """How the loan stands on a morning. `interest`, `penalty` and `compound` have accrued and are unpaid; the three
    incomes are what the books have seen of it; `lines` are all that were ever written, in order of writing."""

    rates: Rates
    outstanding: int = 0
    disbursed: int = 0
    diverted: int = 0
    interest: int = 0
    penalty: int = 0
    compound: int = 0
    penalty_rest: int = 0
    compound_rest: int = 0
    interest_income: int = 0
    penalty_income: int = 0
    fee_income: int = 0
    rank: int = 0
    held: bool = False
    suspended: bool = False
    days_past_due: int = 0
    ended_on: date | None = None
    lines: list[Line] = field(default_factory=list)
    parts: dict[str, list[Part]] = field(default_factory=dict)
    surplus: dict[str, int] = field(default_factory=dict)

    @property
    def owed(self) -> int:
        """What would settle the loan."""
        return self.outstanding + self.interest + self.penalty + self.compound

    @property
    def unapplied(self) -> int:
        """What payments left over."""
        return sum(self.surplus.values())

    @property
    def live(self) -> list[Line]:
        """The lines in force, in order."""
        return sorted((line for line in self.lines if line.live), key=lambda line: (line.end_day, line.number))

    def oldest_unpaid(self, on: date) -> date | None:
        """The payable day of the oldest line that is late on a morning."""
        late = [line.payable_on for line in self.lines if line.live and line.unpaid and line.payable_on < on]
        return min(late, default=None)


def walk(
    agreement: Agreement, rules: Sequence[LoanRules], facts: Iterable[Fact], planner: Planner, *, morning: date
) -> Account:
    """How the loan stands on a morning: every day before it was run, and what happened on the morning itself has happened.

    Facts of later days are left out. Raises NotReplayable for facts that cannot be, TermsNotValid where a plan cannot
    be written.
    """
    known = [fact for fact in in_order(facts) if fact.on <= morning]
    if not known or not isinstance(known[0], PaidOut):
        raise NotReplayable("before_pay_out", known[0].on if known else morning)
    return _Walk(agreement, sorted(rules, key=lambda one: one.since), known, planner).until(morning)


class _Walk:
    """The state of a walk: the account, where it stands, and which lines have ended, wait or are late."""

    def __init__(
        self, agreement: Agreement, rules: Sequence[LoanRules], facts: Sequence[Fact], planner: Planner
    ) -> None:
        self.agreement, self.planner = agreement, planner
        self.rules, self.rule_days = rules, [one.since.toordinal() for one in rules]
        self.facts, self.next_fact = facts, 0
        self.account = Account(Rates.of(agreement, agreement.rate_ppm))
        self.parts_a_fen = MILLION * agreement.day_basis
        self.matures = agreement.matures_on.toordinal()
        self.day = facts[0].on.toordinal()
        self.lines: list[Line] = []
        self.begun = 0  # how many of the lines in force have ended
        self.open: deque[Line] = deque()
        self.waiting: deque[Line] = deque()
        self.late: deque[Line] = deque()
        self.late_principal = self.late_interest = 0
        self.crossing = False
        self.rule = rules[0]

    # --- the walk ---

    def until(self, morning: date) -> Account:
        """Walk on to the morning of a day, before anything of that day counts; the account as it stands then."""
        last = morning.toordinal()
        while True:
            self._morning()
            if self.day >= last:
                return self.account
            self._use_surpluses()
            self._turn_late()
            self._accrue_until(min(self._breakpoint(), last))

    def _breakpoint(self) -> int:
        """The next day on which something other than accrual can happen."""
        day, found = self.day, _FAR
        if self.next_fact < len(self.facts):
            found = self.facts[self.next_fact].on.toordinal()
        if self.begun < len(self.lines):
            line = self.lines[self.begun]
            found = min(found, line.start_day if line.start_day > day else line.end_day)
        if self.waiting:
            found = min(found, self.waiting[0].payable_on.toordinal())
        if self.matures > day:
            found = min(found, self.matures)
        for since in self.rule_days:
            if since > day:
                found = min(found, since)
                break
        if self.crossing or (self.account.diverted and self.account.unapplied):
            found = min(found, day + 1)  # what is over pays each day's penalty on what is diverted
        oldest = self._oldest()
        if oldest and not self.account.suspended:
            ageing = self.rule.ageing
            stops = oldest + min(ageing.nonaccrual_days, ageing.substandard_days) + 2
            if stops > day:
                found = min(found, stops)
        return max(found, day + 1)

    def _morning(self) -> None:
        """The rules of the day, the lines that have ended, and what happened before the end of the day."""
        for one, since in zip(self.rules, self.rule_days, strict=True):
            if since <= self.day:
                self.rule = one
        self._end_lines()
        while self.next_fact < len(self.facts) and self.facts[self.next_fact].on.toordinal() <= self.day:
            fact = self.facts[self.next_fact]
            self.next_fact += 1
            self._happen(fact)
            self._end_lines()

    def _happen(self, fact: Fact) -> None:
        account = self.account
        match fact:
            case PaidOut(on, fen):
                self._pay_out(on, fen)
            case RateChanged(on, rate_ppm):
                self._replan(on, rates=Rates.of(self.agreement, rate_ppm))
            case Diverted(_, fen):
                account.diverted += fen
                if fen > 0:  # at least special mention, until a person lifts it (CLS-02)
                    account.rank = max(account.rank, FiveClass.SPECIAL_MENTION.rank)
                    account.held = account.held or account.rank == FiveClass.SPECIAL_MENTION.rank
            case InterestStopped(on):
                self._stop_interest(on)
            case Paid():
                self._receive(fact)
            case Refunded(on, ref, fen):
                self._refund(on, ref, fen)
            case Classed(_, rank):
                self._classed(rank)
            case Crossed():
                self.crossing = True

    # --- lines ---

    def _end_lines(self) -> None:
        while self.begun < len(self.lines) and self.lines[self.begun].end_day <= self.day:
            line = self.lines[self.begun]
            self.begun += 1
            if line.unpaid:
                self.open.append(line)
                self.waiting.append(line)

    def _turn_late(self) -> None:
        """Lines whose payable day has come bear penalty from the day itself on: paid on the morrow it is one day late."""
        while self.waiting and self.waiting[0].payable_on.toordinal() <= self.day:
            line = self.waiting.popleft()
            if line.unpaid:
                line.late = True
                self.late.append(line)
                self.late_principal += line.principal_fen - line.principal_paid
                self.late_interest += line.interest_fen - line.interest_paid

    def _oldest(self) -> int:
        while self.late and not self.late[0].unpaid:
            self.late.popleft()
        return self.late[0].payable_on.toordinal() if self.late else 0

    def _earned(self, line: Line, day: int) -> int:
        """What the line's own period has earned by the morning of a day (`models.lending.earned`)."""
        own = line.interest_fen - line.brought_fen
        if day >= line.end_day:
            return own
        passed = day - line.start_day
        if passed <= 0:
            return 0
        if self.agreement.by_months:
            length = line.end_day - line.start_day
            return (2 * own * passed + length) // (2 * length)
        due = line.balance_fen * self.account.rates.contract * passed
        return min(own, (due + self.parts_a_fen // 2) // self.parts_a_fen)

    # --- accrual ---

    def _accrue_until(self, day: int) -> None:
        account, days = self.account, day - self.day
        earned = 0
        if self.begun < len(self.lines) and self.lines[self.begun].start_day < day:
            line = self.lines[self.begun]
            earned = self._earned(line, day) - self._earned(line, self.day)
        diverted = min(account.diverted, account.outstanding)
        charge = account.rates.charge(self.late_principal, diverted)
        based = bool(self.late_principal or diverted)
        rate = account.rates.contract if self.day < self.matures else account.rates.penalty
        penalty = compound = 0
        if self.rule.compound_on_penalty and (account.penalty or based):
            for _ in range(days):  # what bears compound interest grows by the day
                base = self.late_interest + account.penalty + penalty
                one, account.compound_rest = self._charged(base * rate, account.compound_rest, 1, bool(base))
                compound += one
                one, account.penalty_rest = self._charged(charge, account.penalty_rest, 1, based)
                penalty += one
        else:
            penalty, account.penalty_rest = self._charged(charge, account.penalty_rest, days, based)
            base = self.late_interest
            compound, account.compound_rest = self._charged(base * rate, account.compound_rest, days, bool(base))
        account.interest += earned
        account.penalty += penalty
        account.compound += compound
        if not account.suspended:
            account.interest_income += earned
            account.penalty_income += penalty + compound
        self._end_of_day(day - 1)
        self.day = day

    def _charged(self, a_day: int, rest: int, days: int, based: bool) -> tuple[int, int]:
        """The charge of so many days and the remainder to carry (`accrue`); without a base the remainder is forgotten."""
        if not based:
            return 0, 0
        due = a_day * days + rest
        whole = (due + self.parts_a_fen // 2) // self.parts_a_fen
        return whole, due - whole * self.parts_a_fen

    def _end_of_day(self, last: int) -> None:
        """Days past due, class and the end of accrual as the last of the days leaves them (CLS-02 to CLS-06, CLS-16)."""
        account, ageing = self.account, self.rule.ageing
        oldest = self._oldest()
        account.days_past_due = max(last - oldest, 0) if oldest else 0
        floor = floor_by_days(account.days_past_due, ageing).rank
        bad = FiveClass.SUBSTANDARD.rank
        rank = max(floor, account.rank) if account.held or account.rank >= bad else floor
        if self.crossing:
            rank, self.crossing = max(rank, bad), False
        if rank != account.rank:
            account.rank, account.held = rank, False
        if not account.suspended and (account.days_past_due > ageing.nonaccrual_days or rank >= bad):
            self._suspend(True)

    def _suspend(self, suspended: bool) -> None:
        """What has accrued and is unpaid leaves income, or comes back into it."""
        account, sign = self.account, -1 if suspended else 1
        account.suspended = suspended
        account.interest_income += sign * account.interest
        account.penalty_income += sign * (account.penalty + account.compound)

    # --- facts ---

    def _pay_out(self, on: date, fen: int) -> None:
        account = self.account
        if account.ended_on:
            raise NotReplayable("paid_out_after_its_end", on)
        first = not account.disbursed
        account.disbursed += fen
        account.outstanding += fen
        if first:
            rows = self.planner.first(account.outstanding, rate_ppm=account.rates.contract, on=on, number=1)
            self._write(rows, plan=1, balance=account.outstanding, brought=0)
        else:
            self._replan(on)

    def _replan(self, on: date, *, rates: Rates | None = None) -> None:
        """Write what is still to come anew, as `workflows.loan_account.replan` does; at a new rate from this day on."""
        account = self.account
        past, ahead = self.lines[: self.begun], self.lines[self.begun :]
        balance = account.outstanding - sum(line.principal_fen - line.principal_paid for line in self.open)
        brought = 0
        if ahead:
            brought = ahead[0].brought_fen + self._earned(ahead[0], self.day) - ahead[0].interest_paid
        account.rates = rates or account.rates
        rate = account.rates.contract
        if ahead:
            new = self.planner.rest(past, ahead, balance, rate_ppm=rate, on=on, brought_fen=brought)
        elif balance:
            number = max(line.number for line in self.lines) + 1
            new = self.planner.first(balance, rate_ppm=rate, on=on, number=number)
        else:
            return
        self._replace(new, balance, brought)

    def _stop_interest(self, on: date) -> None:
        account = self.account
        ahead = self.lines[self.begun :]
        balance = account.outstanding - sum(line.principal_fen - line.principal_paid for line in self.open)
        if ahead:
            brought = ahead[0].brought_fen + self._earned(ahead[0], self.day) - ahead[0].interest_paid
            due = Instalment(ahead[0].number, on, on, on, on, balance, brought, 0)
            self._replace([due] if balance or brought else [], balance, brought)
        account.rates = Rates(0, 0, 0)
        account.rank, account.held = FiveClass.LOSS.rank, False  # CLS-05
        if not account.suspended:
            self._suspend(True)

    def _replace(self, new: Sequence[Instalment], balance: int, brought: int) -> None:
        plan = max(line.plan for line in self.lines) + 1
        for line in self.lines[self.begun :]:
            line.live = False
        del self.lines[self.begun :]
        self._write(new, plan=plan, balance=balance, brought=brought)

    def _write(self, rows: Sequence[Instalment], *, plan: int, balance: int, brought: int) -> None:
        """The lines of a plan, as `workflows.replanning.rows_of` keeps them."""
        start = 0
        for place, row in enumerate(rows):
            end = min(row.period_end, row.payable_on).toordinal()
            line = Line(
                plan,
                row.number,
                start if place else row.period_start.toordinal(),
                end,
                row.due_on,
                row.payable_on,
                balance,
                row.principal_fen,
                row.interest_fen,
                0 if place else brought,
            )
            self.lines.append(line)
            self.account.lines.append(line)
            balance -= row.principal_fen
            start = end

    def _receive(self, paid: Paid) -> None:
        account = self.account
        account.parts[paid.ref], account.surplus[paid.ref] = [], paid.fen
        if account.ended_on is None:
            self._use(paid.ref, paid.on, costs=paid.costs_fen, prepay=paid.prepay)

    def _use_surpluses(self) -> None:
        """The end of a day uses what is over for what is due, before anything bears penalty."""
        account = self.account
        if account.ended_on or not any(account.surplus.values()):
            return
        on = date.fromordinal(self.day)
        for ref, fen in list(account.surplus.items()):
            if not fen:
                continue
            if account.ended_on or not (self._has_open() or account.penalty or account.compound):
                return
            self._use(ref, on, costs=0, prepay=False)

    def _refund(self, on: date, ref: str, fen: int) -> None:
        """Out of what this payment has over, then out of what others have."""
        surplus = self.account.surplus
        for one in [ref, *(other for other in surplus if other != ref)]:
            taken = min(fen, surplus.get(one, 0))
            if taken:
                surplus[one] -= taken
                fen -= taken
        if fen:
            raise NotReplayable("refunded", on)

    def _classed(self, rank: int) -> None:
        account, ageing = self.account, self.rule.ageing
        account.rank, account.held = rank, rank == FiveClass.SPECIAL_MENTION.rank
        bad = rank >= FiveClass.SUBSTANDARD.rank
        oldest = self._oldest()
        late = max(self.day - oldest, 0) if oldest else 0
        if bad and not account.suspended:
            self._suspend(True)
        elif account.suspended and not bad and late <= ageing.nonaccrual_days:
            self._suspend(False)

    # --- allocation ---

    def _has_open(self) -> bool:
        while self.open and not self.open[0].unpaid:
            self.open.popleft()
        return bool(self.open)

    def _use(self, ref: str, on: date, *, costs: int, prepay: bool) -> None:
        """Policy order, kind by kind, the oldest first; then early principal; the loan ends when nothing is owed."""
        account = self.account
        left = self._allocate(ref, account.surplus[ref], on, costs)
        if prepay and left:
            left = self._repay_early(ref, left, on)
        account.surplus[ref] = left
        if not account.owed:
            account.ended_on = on

    def _allocate(self, ref: str, amount: int, on: date, costs: int) -> int:
        account, parts, left = self.account, self.account.parts[ref], amount
        order = self.rule.alloc_order_npl if account.suspended else self.rule.alloc_order
        for kind in order:
            if not left:
                break
            if kind is DueKind.COSTS:
                left -= self._fee(ref, min(left, costs))
            elif kind is DueKind.PENALTY:
                if paid := min(left, account.penalty):
                    account.penalty -= paid
                    left -= paid
                    self._keep(parts, None, kind, paid)
            elif kind is DueKind.COMPOUND:
                if paid := min(left, account.compound):
                    account.compound -= paid
                    left -= paid
                    self._keep(parts, None, kind, paid)
            else:
                left = self._pay_lines(parts, kind, left, on)
        self._has_open()
        return left

    def _pay_lines(self, parts: list[Part], kind: DueKind, left: int, on: date) -> int:
        for line in self.open:
            if not left:
                break
            if kind is DueKind.INTEREST:
                paid = min(left, line.interest_fen - line.interest_paid)
            else:
                paid = min(left, line.principal_fen - line.principal_paid)
            if paid:
                self._pay(line, kind, paid, on)
                self._keep(parts, line, kind, paid)
                left -= paid
        return left

    def _pay(self, line: Line, kind: DueKind, paid: int, on: date) -> None:
        account = self.account
        if kind is DueKind.INTEREST:
            line.interest_paid += paid
            account.interest -= paid
            self.late_interest -= paid if line.late else 0
        else:
            line.principal_paid += paid
            account.outstanding -= paid
            self.late_principal -= paid if line.late else 0
        line.settled_on = None if line.unpaid else on

    def _keep(self, parts: list[Part], line: Line | None, kind: DueKind, paid: int) -> None:
        """Interest of a loan off accrual is income when it comes (CLS-16)."""
        if self.account.suspended and kind is not DueKind.PRINCIPAL:
            self.account.interest_income += paid
        parts.append(Part(line, kind, paid))

    def _fee(self, ref: str, fen: int) -> int:
        if fen:
            self.account.fee_income += fen
            self.account.parts[ref].append(Part(None, DueKind.COSTS, fen))
        return fen

    def _repay_early(self, ref: str, left: int, on: date) -> int:
        """Principal not due yet with its fee; if it can be all of it, the running period's interest first (LOAN-17)."""
        account, parts = self.account, self.account.parts[ref]
        ahead = account.outstanding  # everything due is paid: something was left
        early, fee = self._early(left, ahead)
        if early == ahead and self.begun < len(self.lines):
            line = self.lines[self.begun]
            ran = line.brought_fen + self._earned(line, self.day) - line.interest_paid
            if line.start_day <= self.day and ran:
                paid = min(left, ran)
                self._pay(line, DueKind.INTEREST, paid, on)
                self._keep(parts, line, DueKind.INTEREST, paid)
                left -= paid
            early, fee = self._early(left, ahead)
        self._fee(ref, fee)
        if early:
            account.outstanding -= early
            parts.append(Part(None, DueKind.PRINCIPAL, early))
            self._replan(on)
        return left - early - fee

    def _early(self, left: int, ahead: int) -> tuple[int, int]:
        ppm = self.rule.prepay_fee_ppm
        early = min(ahead, left * MILLION // (MILLION + ppm))
        return early, min((2 * early * ppm + MILLION) // (2 * MILLION), left - early)
