"""What a provision run reads of every loan the bank holds, and the runs that were made. Few queries, however many loans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from models.application import Product, ScoreSheet
from models.classification import ClassTrigger, ClassTriggerEnd
from models.decision import Decision
from models.guarantee import Guarantee
from models.intellectual_property import Pledge, Valuation
from models.lending.ageing import FiveClass
from models.lending.circumstances import TriggerKind
from models.loan import Contract, Instalment, Loan
from models.provision import ProvisionLine, ProvisionMove, ProvisionRun
from models.states.aftercare import GuaranteeStage, WatchStage
from models.states.loan import LoanStage
from models.values.money import Money
from models.values.rate import Rate
from models.watch import WatchCase

OWED = tuple(stage for stage in LoanStage if stage.owed)
STANDING = (GuaranteeStage.IN_FORCE, GuaranteeStage.CALLED)


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A loan as a provision run sees it.

    `left` is the principal still to come by payable day; `pledged` what its registered pledges are good for: the latest
    value of each at its pledge rate, at most what it secures; `alarms` the levels of its open warnings.
    """

    id: int
    firm_id: int
    product: Product
    five_class: FiveClass
    outstanding: Money
    undrawn: Money
    rate: Rate
    oldest_unpaid: date | None
    matures_on: date
    grade: str | None
    guaranteed_ppm: int
    pledged: Money
    alarms: frozenset[str]
    impaired: bool
    left: tuple[tuple[date, int], ...]


def provisioned(session: Session, on: date) -> Iterator[Provisioned]:
    """Every loan that the bank holds, by rising id."""
    lines = _lines_left(session)
    pledged = _pledged(session)
    alarms = _alarms(session)
    loans, firms = _impaired(session)
    columns: tuple[Any, ...] = (
        Loan.id, Loan.firm_id, Loan.product, Loan.five_class, Loan.outstanding, Loan.amount, Loan.disbursed, Loan.rate,
        Loan.oldest_unpaid, Loan.matures_on, col(Loan.contract_id), ScoreSheet.grade, Guarantee.share_ppm,
    )  # fmt: skip
    query = (
        sa.select(*columns)
        .join(Contract, col(Contract.id) == col(Loan.contract_id))
        .join(Decision, col(Decision.id) == col(Contract.decision_id))
        .outerjoin(ScoreSheet, col(ScoreSheet.id) == col(Decision.score_sheet_id))
        .outerjoin(Guarantee, (col(Guarantee.loan_id) == col(Loan.id)) & col(Guarantee.stage).in_(STANDING))
        .where(col(Loan.stage).in_(OWED))
        .order_by(col(Loan.id))
    )
    for row in session.execute(query):
        yield Provisioned(
            id=row.id,
            firm_id=row.firm_id,
            product=row.product,
            five_class=row.five_class,
            outstanding=row.outstanding,
            undrawn=Money(row.amount.fen - row.disbursed.fen) if on < row.matures_on else Money(0),
            rate=row.rate,
            oldest_unpaid=row.oldest_unpaid,
            matures_on=row.matures_on,
            grade=row.grade,
            guaranteed_ppm=row.share_ppm or 0,
            pledged=Money(pledged.get(row.contract_id, 0)),
            alarms=frozenset(alarms.get(row.id, ())),
            impaired=row.id in loans or row.firm_id in firms,
            left=tuple(lines.get(row.id, ())),
        )


def _lines_left(session: Session) -> dict[int, list[tuple[date, int]]]:
    """The principal that is not paid yet of every loan held, by payable day."""
    left = (
        sa.cast(col(Instalment.principal), sa.BigInteger) - sa.cast(col(Instalment.principal_paid), sa.BigInteger)
    ).label("fen")
    query = (
        sa.select(col(Instalment.loan_id), col(Instalment.payable_on), left)
        .join(Loan, col(Loan.id) == col(Instalment.loan_id))
        .where(col(Loan.stage).in_(OWED), col(Instalment.live), col(Instalment.settled_on).is_(None), left > 0)
        .order_by(col(Instalment.loan_id), col(Instalment.payable_on))
    )
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for loan_id, payable_on, fen in session.execute(query):
        found[loan_id].append((payable_on, int(fen)))
    return found


def _pledged(session: Session) -> dict[int, int]:
    """What the registered pledges of each contract are good for, in fen."""
    other = aliased(Valuation)
    newest = sa.select(sa.func.max(col(other.id))).where(col(other.asset_id) == col(Pledge.asset_id))
    query = (
        select(Pledge, Valuation)
        .join(Valuation, col(Valuation.id) == newest.scalar_subquery())
        .where(col(Pledge.registered_on).is_not(None), col(Pledge.released_on).is_(None))
        .order_by(col(Pledge.id))
    )
    found: dict[int, int] = defaultdict(int)
    for pledge, valuation in session.exec(query):
        found[pledge.contract_id] += min(pledge.pledge_rate.of_amount(valuation.middle), pledge.secured).fen
    return found


def _alarms(session: Session) -> dict[int, set[str]]:
    query = sa.select(col(WatchCase.loan_id), col(WatchCase.level)).where(col(WatchCase.stage) != WatchStage.CLEARED)
    found: dict[int, set[str]] = defaultdict(set)
    for loan_id, level in session.execute(query):
        found[loan_id].add(str(level))
    return found


def _impaired(session: Session) -> tuple[set[int], set[int]]:
    """The loans and the firms that are known to be credit-impaired."""
    ended = sa.exists().where(col(ClassTriggerEnd.trigger_id) == col(ClassTrigger.id))
    query = select(ClassTrigger).where(~ended, ClassTrigger.kind == TriggerKind.CREDIT_IMPAIRED)
    rows = list(session.exec(query))
    return {row.loan_id for row in rows if row.loan_id}, {row.firm_id for row in rows if row.firm_id}


def left_badly(session: Session, loan_ids: list[int]) -> set[int]:
    """Which of these loans were sold or written off."""
    gone = (LoanStage.WRITTEN_OFF, LoanStage.HANDED_OVER)
    query = sa.select(col(Loan.id)).where(col(Loan.stage).in_(gone))
    everything = {row.id for row in session.execute(query)}
    return everything.intersection(loan_ids)


def latest_run(session: Session, on: date | None = None) -> ProvisionRun | None:
    """The newest provision run, or the newest by a day."""
    query = select(ProvisionRun).order_by(col(ProvisionRun.on).desc()).limit(1)
    if on is not None:
        query = query.where(ProvisionRun.on <= on)
    return session.exec(query).first()


def run_days(session: Session, limit: int = 60) -> list[date]:
    """The days on which provision runs were made, the newest first."""
    query = sa.select(col(ProvisionRun.on)).order_by(col(ProvisionRun.on).desc()).limit(limit)
    return list(session.execute(query).scalars())


def lines_of(session: Session, run: ProvisionRun) -> list[ProvisionLine]:
    """What each view asks for in a run, by product, class and stage."""
    return list(
        session.exec(select(ProvisionLine).where(ProvisionLine.run_id == run.key).order_by(col(ProvisionLine.id)))
    )


def moves_of(session: Session, run: ProvisionRun) -> list[ProvisionMove]:
    """The movement table of a run, by product and stage."""
    return list(
        session.exec(select(ProvisionMove).where(ProvisionMove.run_id == run.key).order_by(col(ProvisionMove.id)))
    )
