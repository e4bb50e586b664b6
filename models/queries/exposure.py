"""What the sums kept by the database say: exposure by dimension, the largest borrowers, what the guarantor carries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.books.chart import Kind
from models.exposure import (
    THOUSAND_YUAN,
    BorrowerExposure,
    Breakdown,
    ExposureCell,
    GuaranteeCell,
    GuaranteeClient,
)
from models.facility import Drawing, Facility
from models.firm import Firm
from models.lending.ageing import FiveClass
from models.loan import Loan
from models.queries.books import trial_balance
from models.roles import Institution
from models.states.aftercare import FacilityStage
from models.states.loan import LoanStage
from models.talent import Talent
from models.values.money import Money, half_up
from models.values.rate import MILLION

EQUITY_KINDS = (Kind.EQUITY, Kind.INCOME, Kind.EXPENSE)


@dataclass(frozen=True, slots=True)
class Share:
    """One line of a breakdown: a word, how many loans, how much is owed."""

    word: str
    loans: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Cell:
    """A kept sum: the loans of one class under one word of one dimension."""

    dimension: Breakdown
    word: str
    five_class: FiveClass
    loans: int
    outstanding_fen: int
    squares: int


def cells(session: Session) -> list[Cell]:
    """Every kept sum with at least one loan."""
    rows = session.exec(
        select(
            ExposureCell.dimension,
            ExposureCell.word,
            ExposureCell.five_class,
            ExposureCell.loans,
            ExposureCell.outstanding_fen,
            ExposureCell.squares,
        ).where(ExposureCell.loans > 0)  # type: ignore[call-overload]
    )
    return [Cell(*row) for row in rows]


def by(found: Iterable[Cell], dimension: Breakdown) -> list[Share]:
    """The words of one dimension with what is owed under each, the largest first."""
    return _summed((cell.word, cell) for cell in found if cell.dimension is dimension)


def by_class(found: Iterable[Cell]) -> list[Share]:
    """What is owed in each of the five classes, best first; a class without loans has nought."""
    sums = {share.word: share for share in _summed((cell.five_class, cell) for cell in everything(found))}
    return [sums.get(one, Share(one, 0, Money(0))) for one in FiveClass]


def everything(found: Iterable[Cell]) -> list[Cell]:
    """The cells that together hold every loan once."""
    return [cell for cell in found if cell.dimension is Breakdown.ALL]


def _summed(named: Iterable[tuple[str, Cell]]) -> list[Share]:
    sums: dict[str, tuple[int, int]] = {}
    for word, cell in named:
        loans, fen = sums.get(word, (0, 0))
        sums[word] = (loans + cell.loans, fen + cell.outstanding_fen)
    shares = [Share(word, loans, Money(fen)) for word, (loans, fen) in sums.items()]
    return sorted(shares, key=lambda share: (-share.amount.fen, share.word))


def non_performing(found: Iterable[Cell]) -> Money:
    """What is owed on loans of the last three classes (CLS-01)."""
    return Money(sum(cell.outstanding_fen for cell in everything(found) if cell.five_class.non_performing))


def concentration(found: Iterable[Cell]) -> float:
    """The Herfindahl-Hirschman index over single loans: the sum of squared shares, from nought to one (TB-11).

    Outstanding amounts count in whole thousand yuan; for display only.
    """
    rows = everything(found)
    whole = sum(cell.outstanding_fen for cell in rows) / THOUSAND_YUAN
    return sum(cell.squares for cell in rows) / whole**2 if whole else 0.0


def largest_borrowers(session: Session, limit: int = 5) -> list[tuple[Firm, Money]]:
    """The firms that owe most."""
    rows = session.exec(
        select(Firm, BorrowerExposure.outstanding_fen)
        .join(BorrowerExposure, col(BorrowerExposure.firm_id) == col(Firm.id))
        .where(BorrowerExposure.outstanding_fen > 0)
        .order_by(col(BorrowerExposure.outstanding_fen).desc(), col(BorrowerExposure.firm_id))
        .limit(limit)
    )
    return [(firm, Money(fen)) for firm, fen in rows]


@dataclass(frozen=True, slots=True)
class GuarantorStanding:
    """The guarantor's weighted liability against its own funds (GUA-04 to GUA-06), as the books and rows have it."""

    net_assets: Money
    in_force: Money
    reserved: Money
    liability: Money
    guarantees: int
    largest_client: str
    largest_liability: Money


def guarantor_standing(session: Session) -> GuarantorStanding:
    """Read it off the guarantor's book and the kept sums."""
    equity = sum(
        -balance.net.fen
        for account, balance in trial_balance(session, Institution.GUARANTOR)
        if account.kind in EQUITY_KINDS
    )
    kept = list(session.exec(select(GuaranteeCell)))
    largest = session.exec(
        select(Talent.name, GuaranteeClient.liability)
        .join(GuaranteeClient, col(GuaranteeClient.talent_id) == col(Talent.id))
        .order_by(col(GuaranteeClient.liability).desc())
        .limit(1)
    ).first()
    weighted = sum(cell.weight_ppm * (cell.reserved_fen + cell.in_force_fen) for cell in kept)
    return GuarantorStanding(
        net_assets=Money(equity),
        in_force=Money(sum(cell.in_force_fen for cell in kept)),
        reserved=Money(sum(cell.reserved_fen for cell in kept)),
        liability=Money(half_up(weighted, MILLION)),
        guarantees=sum(cell.guarantees for cell in kept),
        largest_client=largest[0] if largest else "",
        largest_liability=Money(half_up(int(largest[1]), MILLION) if largest else 0),
    )


@dataclass(frozen=True, slots=True)
class FundStanding:
    """The umbrella funds (统贷资金): what lenders promised, what was drawn and not yet repaid."""

    commitment: Money
    drawn: Money
    facilities: int


def fund_standing(session: Session) -> FundStanding:
    """Over all open facilities."""
    commitment, facilities = session.exec(
        select(sa.func.coalesce(sa.func.sum(sa.cast(Facility.commitment, sa.BigInteger)), 0), sa.func.count()).where(
            Facility.stage == FacilityStage.OPEN
        )
    ).one()
    drawn = session.exec(
        select(
            sa.func.coalesce(
                sa.func.sum(sa.cast(Drawing.amount, sa.BigInteger) - sa.cast(Drawing.repaid, sa.BigInteger)), 0
            )
        )
    ).one()
    return FundStanding(Money(int(commitment)), Money(int(drawn)), int(facilities))


@dataclass(frozen=True, slots=True)
class DueLine:
    """A loan that falls due soon or is late."""

    number: str
    firm: str
    firm_id: int
    level: str
    industry: str
    outstanding: Money
    matures_on: date
    five_class: FiveClass
    oldest_unpaid: date | None


def due_soon(session: Session, on: date, *, days: int = 90, limit: int = 10) -> list[DueLine]:
    """The loans longest overdue, then those that mature within so many days; at most `limit` in all."""
    columns = (Loan.number, Firm.name, Loan.firm_id, Loan.level, Loan.industry, Loan.outstanding, Loan.matures_on)
    query = select(*columns, Loan.five_class, Loan.oldest_unpaid).join(Firm, col(Firm.id) == col(Loan.firm_id))  # type: ignore[call-overload]
    # A loan that is no longer owed has no oldest unpaid due, so the index on that day alone finds the late ones.
    late = query.where(col(Loan.oldest_unpaid) <= on - timedelta(days=1)).order_by(Loan.oldest_unpaid, Loan.id)
    found = [DueLine(*row) for row in session.exec(late.limit(limit // 2))]
    seen = {line.number for line in found}
    soon = query.where(
        Loan.stage == LoanStage.ACTIVE, Loan.matures_on >= on, Loan.matures_on <= on + timedelta(days=days)
    )
    for row in session.exec(soon.order_by(Loan.matures_on, Loan.id).limit(limit)):
        if row[0] not in seen and len(found) < limit:
            found.append(DueLine(*row))
    return found
