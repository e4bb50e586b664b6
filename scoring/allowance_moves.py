"""How an allowance came from one reckoning to the next (准备变动表): by product and stage, closed to the fen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from models.lending.loss_stage import LossStage
from models.values.money import Money, half_up


@dataclass(frozen=True, slots=True)
class Held:
    """A loan as one reckoning found it; amounts in fen."""

    loan_id: int
    product: str
    stage: LossStage
    outstanding: int
    allowance: int


@dataclass(slots=True)
class Moves:
    """The lines of the table for one product and stage, in fen. They sum to `closing`, always.

    `transferred` is what the loans that changed their stage brought along or took away, as it stood before; `repaid` what
    repayment released; `used` what sales and write-offs took; `remeasured` everything else: another class, stage or rule.
    """

    opening: int = 0
    transferred: int = 0
    added: int = 0
    repaid: int = 0
    remeasured: int = 0
    used: int = 0

    @property
    def closing(self) -> int:
        """What stands at the end."""
        return self.opening + self.transferred + self.added + self.repaid + self.remeasured + self.used

    @property
    def charged(self) -> int:
        """What went through profit and loss."""
        return self.added + self.repaid + self.remeasured


Table = dict[tuple[str, LossStage], Moves]


def moves(
    before: Iterable[Held],
    now: Iterable[Held],
    *,
    used: Mapping[str, int],
    gone_bad: Collection[int] = (),
    carried: Mapping[str, int] | None = None,
) -> Table:
    """The table between two reckonings.

    `used` is what the books took out of each product's allowance in between; `gone_bad` are the loans that were sold or
    written off: it is told of their stages, of the third if there are none. `carried` is an allowance that stood before
    the first reckoning and that no loan is known for.
    """
    table: Table = defaultdict(Moves)
    known = {one.loan_id: one for one in before}
    for product, fen in (carried or {}).items():
        table[product, LossStage.FIRST].opening += fen
        table[product, LossStage.FIRST].remeasured -= fen
    for one in now:
        old = known.pop(one.loan_id, None)
        if old is None:
            table[one.product, one.stage].added += one.allowance
        else:
            _stayed(table, old, one)
    bad: dict[str, list[Held]] = defaultdict(list)
    for old in known.values():
        line = table[old.product, old.stage]
        line.opening += old.allowance
        if old.loan_id in gone_bad:
            line.remeasured -= old.allowance
            bad[old.product].append(old)
        else:
            line.repaid -= old.allowance
    for product, fen in used.items():
        for stage, part in _by_stage(bad[product], fen):
            table[product, stage].used -= part
            table[product, stage].remeasured += part
    return dict(table)


def _stayed(table: Table, old: Held, one: Held) -> None:
    table[old.product, old.stage].opening += old.allowance
    line = table[one.product, one.stage]
    if (old.product, old.stage) != (one.product, one.stage):
        table[old.product, old.stage].transferred -= old.allowance
        line.transferred += old.allowance
    repaid = 0
    if one.outstanding < old.outstanding:
        repaid = half_up(old.allowance * (old.outstanding - one.outstanding), old.outstanding)
    line.repaid -= repaid
    line.remeasured += one.allowance - old.allowance + repaid


def _by_stage(gone: list[Held], fen: int) -> list[tuple[LossStage, int]]:
    if not fen:
        return []
    if not any(one.allowance for one in gone):
        return [(gone[0].stage if gone else LossStage.THIRD, fen)]
    parts = Money(fen).shared([one.allowance for one in gone], residual=0)
    return [(one.stage, part.fen) for one, part in zip(gone, parts, strict=True)]
