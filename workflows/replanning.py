"""From an agreement and a balance to the lines of a schedule as rows: the first plan, and what is left of a later one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.lending.accrual import interest_of_days
from models.lending.facts import PlannedLine
from models.lending.schedule import Instalment as Line
from models.lending.schedule import Rolling, schedule_from
from models.lending.terms import BY_MONTHS, Terms
from models.loan import Contract, Instalment
from models.values.money import Money
from models.values.rate import Rate
from workflows.agreed_terms import terms_of


@dataclass(frozen=True, slots=True)
class ContractPlanner:
    """A contract as a walk through its loan's history plans by it (`models.lending.history`), whatever its rate is now."""

    contract: Contract
    roll: Rolling

    def first(self, balance_fen: int, *, rate_ppm: int, on: date, number: int) -> tuple[Line, ...]:
        """As `first_lines`."""
        rate = Rate(rate_ppm)
        return first_lines(self.contract, Money(balance_fen), on=on, roll=self.roll, number=number, rate=rate)

    def rest(
        self,
        past: Sequence[PlannedLine],
        ahead: Sequence[PlannedLine],
        balance_fen: int,
        *,
        rate_ppm: int,
        on: date,
        brought_fen: int,
    ) -> tuple[Line, ...]:
        """As `rest_of_lines`."""
        return rest_of_lines(
            self.contract, past, ahead, Money(balance_fen), on=on, brought=Money(brought_fen), roll=self.roll,
            rate=Rate(rate_ppm),
        )  # fmt: skip


def first_lines(
    contract: Contract, balance: Money, *, on: date, roll: Rolling, number: int = 1, rate: Rate | None = None
) -> tuple[Line, ...]:
    """The lines by which what was paid out on `on` is repaid, numbered from `number`, at the contract's rate unless told
    another. TermsNotValid for a day outside the term."""
    terms = _terms(contract, balance, on, rate or contract.rate)
    return schedule_from(terms, balance_fen=balance.fen, on=on, roll=roll, number=number).instalments


def rest_of_lines(
    contract: Contract,
    past: Sequence[PlannedLine],
    ahead: Sequence[PlannedLine],
    balance: Money,
    *,
    on: date,
    brought: Money,
    roll: Rolling,
    rate: Rate | None = None,
) -> tuple[Line, ...]:
    """The lines that replace those `ahead` when `balance` is what they have to repay from the day `on`.

    `brought` is what the running period has earned and is unpaid: it falls due with the first line, or at once when
    nothing is left to repay (LOAN-17).
    """
    running, rate = ahead[0], rate or contract.rate
    if not balance:
        at_once = Line(running.number, on, on, on, roll(on), 0, brought.fen, 0)
        return (at_once,) if brought else ()
    if running.due_on <= on:
        return _during_the_rest_days(contract, ahead, balance, on=on, brought=brought, roll=roll, rate=rate)
    # A line may be payable before the day the contract names (modified following): it is not planned a second time.
    planned_after = max([on, *(line.due_on for line in past)])
    lines = schedule_from(
        _terms(contract, balance, planned_after, rate),
        balance_fen=balance.fen,
        on=planned_after if contract.method in BY_MONTHS else on,
        roll=roll,
        interest_so_far_fen=brought.fen,
        number=running.number,
    ).instalments
    return (replace(lines[0], period_start=on), *lines[1:])


def _terms(contract: Contract, balance: Money, on: date, rate: Rate) -> Terms:
    return replace(terms_of(contract, balance, on=on), rate_ppm=rate.ppm)


def _during_the_rest_days(
    contract: Contract,
    ahead: Sequence[PlannedLine],
    balance: Money,
    *,
    on: date,
    brought: Money,
    roll: Rolling,
    rate: Rate,
) -> tuple[Line, ...]:
    """The running line has met its due day but waits for the next business day, and bears interest until then
    (LOAN-23): it keeps its days and takes the change first, the later lines are levelled again."""
    running = ahead[0]
    planned = sum(line.principal.fen for line in ahead)
    fallen = max(planned - balance.fen, 0)
    principal = max(running.principal.fen - fallen, 0)
    days = (running.period_end - on).days
    interest = brought.fen + interest_of_days(balance.fen, rate.ppm, days, day_basis=contract.day_basis)
    rest = balance.fen - principal
    line = Line(running.number, on, running.period_end, running.due_on, running.payable_on, principal, interest, rest)
    if not rest:
        return (line,)
    later = schedule_from(
        _terms(contract, Money(rest), running.period_end, rate),
        balance_fen=rest,
        on=running.period_end,
        roll=roll,
        number=running.number + 1,
    )
    return (line, *later)


def rows_of(lines: Sequence[Line], *, loan_id: int, plan: int, balance: Money, brought: Money) -> list[Instalment]:
    """The lines as rows of a plan; `brought` lies in the first one's interest.

    Interest counted in months does not change with the days: where a line is payable before the day the contract names
    (modified following), it is earned by then.
    """
    rows: list[Instalment] = []
    for line in lines:
        rows.append(
            Instalment.model_validate(
                {
                    "loan_id": loan_id,
                    "plan": plan,
                    "number": line.number,
                    "period_start": rows[-1].period_end if rows else line.period_start,
                    "period_end": min(line.period_end, line.payable_on),
                    "due_on": line.due_on,
                    "payable_on": line.payable_on,
                    "balance_before": balance,
                    "principal": Money(line.principal_fen),
                    "interest": Money(line.interest_fen),
                    "brought": Money(0) if rows else brought,
                }
            )
        )
        balance -= Money(line.principal_fen)
    return rows
