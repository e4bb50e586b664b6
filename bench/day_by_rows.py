"""The rule of a day as most loan systems run it: loan by loan through the ORM, whole numbers, a row a loan and day.

It is the yardstick of the end of day's speed, and the third implementation that its digests are compared with.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col, select

from models.lending.ageing import CLASSES, AgeingRules, FiveClass
from models.lending.terms import BY_MONTHS
from models.loan import ClassChange, Contract, Instalment, Loan, LoanMeter
from models.queries.day_by_sql import LoanRow
from models.states.loan import LoanStage
from talentbank.database import Database

CHUNK = 100
OWED = [stage for stage in LoanStage if stage.owed]


class Apart(SQLModel, registry=registry()):
    """What is in no metadata of the bank's, so that neither its set-up nor its exports know of it."""


class NaiveAccrual(Apart, table=True):
    """A row for each loan and day, as systems keep it that have no blocks."""

    __tablename__ = "bench_naive_accrual"
    on: date = Field(primary_key=True)
    loan_id: int = Field(primary_key=True)
    interest: int
    penalty: int
    compound: int
    days_past_due: int
    rank: int


Meter = tuple[int, int, int, int, int, date]


class Rows:
    """Reckons days loan by loan; keeps meters of its own, so that it can run beside the real end of day."""

    def __init__(self, ageing: AgeingRules, *, compound_on_penalty: bool) -> None:
        self.ageing = ageing
        self.on_penalty = compound_on_penalty
        self.meters: dict[int, Meter] = {}

    def day(self, session: Session, on: date, *, keep: bool = False) -> list[LoanRow]:
        """One day over every loan; `keep` writes a row for each as a naive system would."""
        found: list[LoanRow] = []
        firms: dict[int, list[tuple[LoanRow, int]]] = defaultdict(list)
        last = 0
        while True:
            loans = session.exec(
                select(Loan).where(Loan.id > last, col(Loan.stage).in_(OWED)).order_by(col(Loan.id)).limit(CHUNK)
            ).all()
            if not loans:
                break
            for loan in loans:
                last = loan.key
                row = self._loan(session, loan, on)
                if row is not None:
                    found.append(row)
                    firms[loan.firm_id].append((row, loan.outstanding.fen))
                    if keep:
                        session.add(
                            NaiveAccrual(
                                on=on, loan_id=row.loan_id, interest=row.interest, penalty=row.penalty,
                                compound=row.compound, days_past_due=row.days_past_due, rank=row.rank,
                            )
                        )  # fmt: skip
            if keep:
                session.commit()
            session.expunge_all()
        crossed = self._crossed(firms)
        return [row if row.loan_id not in crossed else _as_substandard(row) for row in found]

    def _loan(self, session: Session, loan: Loan, on: date) -> LoanRow | None:
        contract = session.get_one(Contract, loan.contract_id)
        meter = session.get_one(LoanMeter, loan.key)
        if meter.through is None or meter.through >= on:
            return None
        interest, penalty, compound, penalty_rest, compound_rest = (
            meter.interest_fen, meter.penalty_fen, meter.compound_fen, meter.penalty_rest, meter.compound_rest,
        )  # fmt: skip
        own = self.meters.get(loan.key)
        if own is not None and meter.through < own[5]:
            interest, penalty, compound, penalty_rest, compound_rest, _ = own
        lines = session.exec(
            select(Instalment).where(
                Instalment.loan_id == loan.key, col(Instalment.live), col(Instalment.settled_on).is_(None),
                Instalment.period_start <= on,
            )
        ).all()  # fmt: skip
        today, parts = on.toordinal(), 1_000_000 * contract.day_basis
        earned, late_principal, late_interest, oldest = 0, 0, 0, 0
        for line in lines:
            earned += self._earned(contract, loan, line, today + 1) - self._earned(contract, loan, line, today)
            if line.payable_on <= on:
                principal, owing = (line.principal - line.principal_paid).fen, (line.interest - line.interest_paid).fen
                late_principal += principal
                late_interest += owing
                if principal + owing > 0:
                    oldest = min(oldest or today, line.payable_on.toordinal())
        rate = loan.rate.ppm
        fine_rate = (2 * rate * (1_000_000 + contract.penalty_uplift_ppm) + 1_000_000) // 2_000_000
        fined, penalty_rest = self._charge(late_principal, fine_rate, penalty_rest, parts)
        base = late_interest + (penalty if self.on_penalty else 0)
        compounded, compound_rest = self._charge(
            base, rate if on < loan.matures_on else fine_rate, compound_rest, parts
        )
        days = today - oldest if oldest else 0
        rank = self._rank(session, loan, days)
        self.meters[loan.key] = (
            interest + earned, penalty + fined, compound + compounded, penalty_rest, compound_rest, on,
        )  # fmt: skip
        return LoanRow(
            loan.key, earned, fined, compounded, interest + earned, penalty + fined, compound + compounded,
            penalty_rest, compound_rest, days, rank, int(loan.non_accrual),
        )  # fmt: skip

    @staticmethod
    def _earned(contract: Contract, loan: Loan, line: Instalment, then: int) -> int:
        start, end = line.period_start.toordinal(), line.period_end.toordinal()
        own = (line.interest - line.brought).fen
        if then >= end:
            return own
        if then <= start:
            return 0
        if contract.method in BY_MONTHS:
            return (2 * own * (then - start) + (end - start)) // (2 * (end - start))
        parts = 1_000_000 * contract.day_basis
        return min(own, (line.balance_before.fen * loan.rate.ppm * (then - start) + parts // 2) // parts)

    @staticmethod
    def _charge(base: int, rate: int, rest: int, parts: int) -> tuple[int, int]:
        if not base:
            return 0, 0
        due = base * rate + rest
        whole = (due + parts // 2) // parts
        return whole, due - whole * parts

    def _rank(self, session: Session, loan: Loan, days: int) -> int:
        floor = max(sum(days > limit for limit in self.ageing.limits), loan.class_floor.rank)
        was = loan.five_class.rank
        held = False
        if loan.five_class is FiveClass.SPECIAL_MENTION:
            change = session.exec(
                select(ClassChange).where(ClassChange.loan_id == loan.key).order_by(col(ClassChange.id).desc())
            ).first()
            held = change is not None and change.actor_id != 0
        return max(was, floor) if held or was >= FiveClass.SUBSTANDARD.rank else floor

    def _crossed(self, firms: dict[int, list[tuple[LoanRow, int]]]) -> set[int]:
        found = set()
        for claims in firms.values():
            bad = sum(fen for row, fen in claims if CLASSES[row.rank].non_performing)
            whole = sum(fen for _, fen in claims)
            if bad * 1_000_000 > self.ageing.cross_own_share_ppm * whole:
                found |= {row.loan_id for row, _ in claims if not CLASSES[row.rank].non_performing}
        return found


def _as_substandard(row: LoanRow) -> LoanRow:
    return LoanRow(
        row.loan_id, row.interest, row.penalty, row.compound, row.unpaid_interest, row.unpaid_penalty,
        row.unpaid_compound, row.penalty_rest, row.compound_rest, row.days_past_due, 2, row.suspended,
    )  # fmt: skip


def make_table(database: Database) -> None:
    """The table of rows that the naive system writes."""
    NaiveAccrual.__table__.create(database.engine, checkfirst=True)  # type: ignore[attr-defined]
