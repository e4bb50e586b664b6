"""What the clock can see by itself on the loans the bank holds: late payments, maturities, patents, people who left, bad
members of a group.

Evidence is plain data (a day, numbers, names): the signal's word in the glossary says what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Session, col, select

from models.firm import Firm
from models.intellectual_property import IPAsset, IPKind, IPStatus, Pledge
from models.lending.ageing import CLASSES
from models.loan import Loan
from models.policies.rules import ServicingRules
from models.queries.rules import rules_in_force
from models.states.loan import LoanStage
from models.talent import TeamMember
from models.values.patent_terms import GRACE_MONTHS
from models.values.terms import add_months
from models.watch import AlarmLevel, Signal

_OWED = tuple(stage for stage in LoanStage if stage.owed)
_BAD = tuple(five_class for five_class in CLASSES if five_class.non_performing)
_PATENTS = (IPKind.INVENTION, IPKind.UTILITY, IPKind.DESIGN)
_GONE = (IPStatus.LAPSED, IPStatus.INVALIDATED, IPStatus.DISPUTED)


@dataclass(frozen=True, slots=True)
class Seen:
    """One signal of one loan."""

    loan_id: int
    application_id: int
    signal: Signal
    level: AlarmLevel
    evidence: str


def seen(session: Session, on: date) -> list[Seen]:
    """Every signal that stands on a day, loan by loan and in a fixed order."""
    rules = rules_in_force(session, ServicingRules, on)
    found = [
        *_overdue(session, rules, on),
        *_maturing(session, rules, on),
        *_patents(session, on),
        *_people(session, on),
        *_groups(session),
    ]
    return sorted(found, key=lambda one: (one.loan_id, one.signal))


def _overdue(session: Session, rules: ServicingRules, on: date) -> Iterator[Seen]:
    """Yellow while the delay may be technical (CLS-02), red from the days of default on, orange between."""
    query = sa.select(col(Loan.id), col(Loan.application_id), col(Loan.oldest_unpaid)).where(
        col(Loan.oldest_unpaid).is_not(None), col(Loan.oldest_unpaid) < on, col(Loan.stage).in_(_OWED)
    )
    for loan_id, application_id, since in session.execute(query):
        days = (on - since).days
        level = AlarmLevel.YELLOW if days <= rules.technical_days else AlarmLevel.ORANGE
        if days >= rules.default_days:
            level = AlarmLevel.RED
        yield Seen(loan_id, application_id, Signal.OVERDUE, level, since.isoformat())


def _maturing(session: Session, rules: ServicingRules, on: date) -> Iterator[Seen]:
    query = sa.select(col(Loan.id), col(Loan.application_id), col(Loan.matures_on)).where(
        col(Loan.stage).in_(_OWED),
        col(Loan.matures_on) >= on,
        col(Loan.matures_on) <= on + timedelta(days=rules.notice_days),
    )
    for loan_id, application_id, matures_on in session.execute(query):
        yield Seen(loan_id, application_id, Signal.MATURITY_NEAR, AlarmLevel.YELLOW, matures_on.isoformat())


def _patents(session: Session, on: date) -> Iterator[Seen]:
    """Pledged patents whose fee is late (orange, red once the grace is over; IP-11), and rights lost or disputed."""
    query = (
        select(Loan, IPAsset)
        .join(Pledge, col(Pledge.contract_id) == Loan.contract_id)
        .join(IPAsset, col(IPAsset.id) == Pledge.asset_id)
        .where(
            col(Loan.stage).in_(_OWED),
            col(Pledge.released_on).is_(None),
            col(IPAsset.status).in_(_GONE) | (col(IPAsset.kind).in_(_PATENTS) & (col(IPAsset.fees_paid_through) < on)),
        )
        .order_by(col(Loan.id), col(IPAsset.number))
    )
    for loan, rows in groupby(session.exec(query), key=lambda row: row[0]):
        assets = [asset for _, asset in rows]
        lost = [asset for asset in assets if asset.status in _GONE]
        late = [asset for asset in assets if asset.status not in _GONE]
        if lost:
            yield Seen(loan.key, loan.application_id, Signal.PATENT_LOST, AlarmLevel.RED, _numbers(lost))
        if late:
            over = any(
                asset.fees_paid_through is not None and on > add_months(asset.fees_paid_through, GRACE_MONTHS)
                for asset in late
            )
            level = AlarmLevel.RED if over else AlarmLevel.ORANGE
            yield Seen(loan.key, loan.application_id, Signal.PATENT_FEE_LATE, level, _numbers(late))


def _groups(session: Session) -> Iterator[Seen]:
    """Loans of firms in whose group another member has gone bad: they are looked at, not downgraded (CLS-07)."""
    bad = select(Firm.group_id, Firm.id, Firm.name).join(Loan, col(Loan.firm_id) == col(Firm.id))
    bad = bad.where(col(Firm.group_id).is_not(None), col(Loan.stage).in_(_OWED), col(Loan.five_class).in_(_BAD))
    groups: dict[int, dict[int, str]] = {}
    for group_id, firm_id, name in session.exec(bad.order_by(col(Firm.id))):
        if group_id is not None and firm_id is not None:
            groups.setdefault(group_id, {})[firm_id] = name
    if not groups:
        return
    query = select(Loan, Firm).join(Firm, col(Firm.id) == col(Loan.firm_id))
    query = query.where(col(Firm.group_id).in_(groups), col(Loan.stage).in_(_OWED)).order_by(col(Loan.id))
    for loan, firm in session.exec(query):
        others = [name for firm_id, name in groups[firm.group_id or 0].items() if firm_id != firm.key]
        if others:
            yield Seen(loan.key, loan.application_id, Signal.GROUP_MEMBER_BAD, AlarmLevel.ORANGE, "; ".join(others))


def _numbers(assets: list[IPAsset]) -> str:
    return "; ".join(asset.number for asset in assets)


def _people(session: Session, on: date) -> Iterator[Seen]:
    """Key people who left the team after the loan was opened."""
    query = (
        select(Loan, TeamMember)
        .join(TeamMember, col(TeamMember.talent_id) == Loan.talent_id)
        .where(
            col(Loan.stage).in_(_OWED),
            col(TeamMember.key_person),
            col(TeamMember.left_on).is_not(None),
            col(TeamMember.left_on) <= on,
            col(TeamMember.left_on) >= Loan.opened_on,
        )
        .order_by(col(Loan.id), col(TeamMember.left_on), col(TeamMember.id))
    )
    for loan, rows in groupby(session.exec(query), key=lambda row: row[0]):
        names = "; ".join(f"{member.name} {member.left_on}" for _, member in rows)
        yield Seen(loan.key, loan.application_id, Signal.KEY_PERSON_LEFT, AlarmLevel.ORANGE, names)
