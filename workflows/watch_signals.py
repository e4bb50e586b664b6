"""What the clock can see by itself on the loans the bank holds: late payments, maturities, patents, people who left, bad
members of a group.

Evidence is plain data (a day, numbers, names): the signal's word in the glossary says what it means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

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
from models.watch import AlarmLevel, Signal, WatchCase

_OWED = tuple(stage for stage in LoanStage if stage.owed)
_BAD = tuple(five_class for five_class in CLASSES if five_class.non_performing)
_PATENTS = (IPKind.INVENTION, IPKind.UTILITY, IPKind.DESIGN)
_GONE = (IPStatus.LAPSED, IPStatus.INVALIDATED, IPStatus.DISPUTED)


_STILL_OWED = sa.literal_column("loan.stage || ''").in_([stage.value for stage in _OWED])
"""Whether the bank holds the loan, said so that no index on stages serves: nearly every loan is held, and whoever reads
them all to find a few reads a million rows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One signal of one loan."""

    loan_id: int
    application_id: int
    signal: Signal
    level: AlarmLevel
    evidence: str


def seen(session: Session, on: date) -> list[Seen]:
    """The signals of a day, loan by loan and in a fixed order. Late payments and maturities, of which there may be very
    many, are left out where the list already says the same of the loan."""
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
    since = col(Loan.oldest_unpaid)
    red_from = on - timedelta(days=rules.default_days)
    yellow_from = on - timedelta(days=rules.technical_days)
    level = col(WatchCase.level)
    known = _listed(
        Signal.OVERDUE,
        since,
        (level == AlarmLevel.RED) | (since >= yellow_from) | ((level == AlarmLevel.ORANGE) & (since > red_from)),
    )
    query = sa.select(col(Loan.id), col(Loan.application_id), since).where(since < on, _STILL_OWED, ~known)
    for loan_id, application_id, first in session.execute(query):
        alarm = AlarmLevel.YELLOW if first >= yellow_from else AlarmLevel.ORANGE
        if first <= red_from:
            alarm = AlarmLevel.RED
        yield Seen(loan_id, application_id, Signal.OVERDUE, alarm, first.isoformat())


def _maturing(session: Session, rules: ServicingRules, on: date) -> Iterator[Seen]:
    matures = col(Loan.matures_on)
    query = sa.select(col(Loan.id), col(Loan.application_id), matures).where(
        matures >= on,
        matures <= on + timedelta(days=rules.notice_days),
        _STILL_OWED,
        ~_listed(Signal.MATURITY_NEAR, matures, sa.true()),
    )
    for loan_id, application_id, matures_on in session.execute(query):
        yield Seen(loan_id, application_id, Signal.MATURITY_NEAR, AlarmLevel.YELLOW, matures_on.isoformat())


def _listed(signal: Signal, day: Any, as_bad: sa.ColumnElement[bool]) -> sa.Exists:
    """Whether the newest warning of this signal already gives this day as its evidence and is as bad as it should be."""
    case: Any = col(WatchCase.id)
    newer: Any = aliased(WatchCase)
    newest = (
        sa.select(sa.func.max(newer.id))
        .where(newer.loan_id == col(Loan.id), newer.signal == signal)
        .correlate(Loan)
        .scalar_subquery()
    )
    said = col(WatchCase.evidence) == sa.cast(day, sa.String)
    return sa.exists().where(case == newest, said, as_bad).correlate(Loan)


def _patents(session: Session, on: date) -> Iterator[Seen]:
    """Pledged patents whose fee is late (orange, red once the grace is over; IP-11), and rights lost or disputed."""
    wrong = sa.select(col(IPAsset.id)).where(
        col(IPAsset.status).in_(_GONE) | (col(IPAsset.kind).in_(_PATENTS) & (col(IPAsset.fees_paid_through) < on))
    )
    query = (
        sa.select(col(Loan.id), col(Loan.application_id), IPAsset)
        .join(Pledge, col(Pledge.contract_id) == col(Loan.contract_id))
        .join(IPAsset, col(IPAsset.id) == col(Pledge.asset_id))
        .where(_STILL_OWED, col(Pledge.released_on).is_(None), col(Pledge.asset_id).in_(wrong))
        .order_by(col(Loan.id), col(IPAsset.number))
    )
    for (loan_id, application_id), rows in groupby(session.execute(query), key=lambda row: (row[0], row[1])):
        assets = [row[2] for row in rows]
        lost = [asset for asset in assets if asset.status in _GONE]
        late = [asset for asset in assets if asset.status not in _GONE]
        if lost:
            yield Seen(loan_id, application_id, Signal.PATENT_LOST, AlarmLevel.RED, _numbers(lost))
        if late:
            over = any(
                asset.fees_paid_through is not None and on > add_months(asset.fees_paid_through, GRACE_MONTHS)
                for asset in late
            )
            level = AlarmLevel.RED if over else AlarmLevel.ORANGE
            yield Seen(loan_id, application_id, Signal.PATENT_FEE_LATE, level, _numbers(late))


def _groups(session: Session) -> Iterator[Seen]:
    """Loans of firms in whose group another member has gone bad: they are looked at, not downgraded (CLS-07)."""
    gone = sa.exists().where(
        col(Loan.firm_id) == col(Firm.id), _STILL_OWED, sa.literal_column("loan.five_class || ''").in_(_BAD)
    )
    bad = sa.select(col(Firm.group_id), col(Firm.id), col(Firm.name)).where(col(Firm.group_id) > 0, gone)
    groups: dict[int, dict[int, str]] = {}
    for group_id, firm_id, name in session.execute(bad.order_by(col(Firm.group_id), col(Firm.id))):
        groups.setdefault(group_id, {})[firm_id] = name
    if not groups:
        return
    query = (
        sa.select(col(Loan.id), col(Loan.application_id), col(Firm.id), col(Firm.group_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(col(Firm.group_id).in_(groups), _STILL_OWED)
        .order_by(col(Loan.id))
    )
    for loan_id, application_id, firm_id, group_id in session.execute(query):
        others = [name for one, name in groups[group_id].items() if one != firm_id]
        if others:
            yield Seen(loan_id, application_id, Signal.GROUP_MEMBER_BAD, AlarmLevel.ORANGE, "; ".join(others))


def _numbers(assets: list[IPAsset]) -> str:
    return "; ".join(asset.number for asset in assets)


def _people(session: Session, on: date) -> Iterator[Seen]:
    """Key people who left the team after the loan was opened."""
    query = (
        sa.select(col(Loan.id), col(Loan.application_id), col(TeamMember.name), col(TeamMember.left_on))
        .join(TeamMember, col(TeamMember.talent_id) == col(Loan.talent_id))
        .where(
            _STILL_OWED,
            col(TeamMember.key_person),
            col(TeamMember.left_on) <= on,
            col(TeamMember.left_on) >= col(Loan.opened_on),
        )
        .order_by(col(Loan.id), col(TeamMember.left_on), col(TeamMember.id))
    )
    for (loan_id, application_id), rows in groupby(session.execute(query), key=lambda row: (row[0], row[1])):
        names = "; ".join(f"{name} {left_on}" for _, _, name, left_on in rows)
        yield Seen(loan_id, application_id, Signal.KEY_PERSON_LEFT, AlarmLevel.ORANGE, names)
