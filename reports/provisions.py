"""A provision run as people read it: every view side by side, adequacy, and the movement of the booked allowance."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.application import Product
from models.lending.ageing import FiveClass
from models.lending.loss_stage import LossStage
from models.policies.rules import ProvisionRules
from models.provision import ProvisionLine, ProvisionMove, ProvisionRun
from models.queries.books import balance
from models.queries.provisions import latest_run, lines_of, moves_of
from models.queries.rules import rules_in_force
from models.values.money import ZERO, Money, total
from scoring.provisions import Adequacy, adequacy

MOVES = ("opening", "transferred", "added", "repaid", "remeasured", "used", "closing")
"""The lines of the movement table in their order."""


@dataclass(frozen=True, slots=True)
class ViewLine:
    """What the views ask for of some loans together; `word` is the class, stage or product they have in common."""

    word: str
    loans: int
    outstanding: Money
    preset_a: Money
    preset_b: Money
    ecl: Money


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One line of the movement table: its name, the amount of each stage, and the sum."""

    name: str
    stages: tuple[Money, ...]
    amount: Money


@dataclass(frozen=True, slots=True)
class ProvisionReport:
    """One run with everything a page or a workbook shows of it. `ledger` is `bank.allowance` at the end of the run's day."""

    run: ProvisionRun
    whole: ViewLine
    by_class: list[ViewLine]
    by_stage: list[ViewLine]
    by_product: list[ViewLine]
    adequacy: Adequacy
    potential_risk: Money
    general_reserve: Money
    scenarios: list[tuple[str, Money]]
    moves: list[MoveRow]
    ledger: Money

    @property
    def booked(self) -> Money:
        """What the view in force asks for, and so what the allowance was brought to."""
        found: Money = getattr(self.whole, self.run.view.value)
        return found

    @property
    def general_shortfall(self) -> Money:
        """What preset B's estimate of potential risk is above the allowance: a general reserve is owed for it (CLS-13)."""
        return max(self.potential_risk - self.booked, ZERO)

    @property
    def closes(self) -> bool:
        """Whether the movement ends on what the books hold."""
        return not self.moves or self.moves[-1].amount == self.ledger


def provision_report(session: Session, on: date | None = None) -> ProvisionReport | None:
    """The newest run, or the newest by a day; None before the first."""
    run = latest_run(session, on)
    if run is None:
        return None
    lines = lines_of(session, run)
    rules = rules_in_force(session, ProvisionRules, run.on)
    whole = _summed("", lines)
    bad = total(line.outstanding for line in lines if line.five_class.non_performing)
    booked: Money = getattr(whole, run.view.value)
    return ProvisionReport(
        run=run,
        whole=whole,
        by_class=_grouped(lines, FiveClass, lambda line: line.five_class),
        by_stage=_grouped(lines, LossStage, lambda line: line.stage),
        by_product=_grouped(lines, Product, lambda line: line.product),
        adequacy=adequacy(
            booked,
            loans=whole.outstanding,
            non_performing=bad,
            ratio_min=rules.provision_ratio_min,
            coverage_min=rules.coverage_min,
        ),
        potential_risk=whole.preset_b,
        general_reserve=rules.preset_b_general.of_amount(whole.outstanding),
        scenarios=[(one.scenario, Money(run.scenarios.get(one.scenario, 0))) for one in rules.scenarios],
        moves=_moves(moves_of(session, run)),
        ledger=-balance(session, "bank.allowance", on=run.on).net,
    )


def _grouped(
    lines: Iterable[ProvisionLine], words: Iterable[str], key: Callable[[ProvisionLine], str]
) -> list[ViewLine]:
    found = list(lines)
    return [_summed(word, [line for line in found if key(line) == word]) for word in words]


def _summed(word: str, lines: list[ProvisionLine]) -> ViewLine:
    return ViewLine(
        word,
        sum(line.loans for line in lines),
        total(line.outstanding for line in lines),
        total(line.preset_a for line in lines),
        total(line.preset_b for line in lines),
        total(line.ecl for line in lines),
    )


def _moves(rows: list[ProvisionMove]) -> list[MoveRow]:
    found = []
    for name in MOVES:
        stages = tuple(total(getattr(row, name) for row in rows if row.stage is stage) for stage in LossStage)
        found.append(MoveRow(name, stages, total(stages)))
    return found
