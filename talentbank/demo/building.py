"""Builds the whole demonstration in a fresh database: rules, accounts, institutions, the pilot, the chain, the district."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from models.facility import Facility
from models.queries.rules import RULES_STAND
from models.values.terms import add_years
from talentbank import auth
from talentbank.database import Database
from talentbank.demo import cast as people
from talentbank.demo.catalogue import enter_programmes
from talentbank.demo.chain import chain_loan
from talentbank.demo.district import district_case
from talentbank.demo.last_morning import last_morning
from talentbank.demo.opening_balance import found_institutions, serve_facility
from talentbank.demo.profiles import cases
from talentbank.demo.stage import Stage
from talentbank.demo.steps import Play
from talentbank.demo.story import pilot_cases, pilot_loan, planned_without_firm
from talentbank.demo.visits import visits
from talentbank.settings import Settings
from talentbank.vault import Vault
from workflows.rulemaking import lay_first_rules

FIRST = date(2012, 9, 3)
SEED = 20121107
DISTRICT_CASES = 240
DISTRICT_YEARS = 4
RECENT_SHARE = 14
"""One case for so many of the district comes in the last weeks, so that every desk has work waiting."""
RECENT_DAYS = 24
VISITED_DAYS = 5
"""So long before the demonstration opens the officers have made their inspections."""

Advance = Callable[[int], None]


def days_to_play(today: date) -> int:
    """How many days `build` plays, for a progress bar."""
    return (today - FIRST).days


def build(
    database: Database,
    settings: Settings,
    *,
    today: date,
    advance: Advance = lambda _: None,
    district: int = DISTRICT_CASES,
) -> None:
    """Fill a fresh, migrated database up to the morning of `today`; the same day and seed give the same bank.

    `advance` is told of each day played. Written without waiting for the disk: a demonstration that is cut off is made
    anew, never repaired.
    """
    with Session(database.engine, expire_on_commit=False) as session:
        session.info[RULES_STAND] = True
        at = datetime(FIRST.year, FIRST.month, FIRST.day, 1, tzinfo=UTC)
        lay_first_rules(session, on=FIRST, at=at)
        cast = people.hire(session, password_hash=auth.hashed(auth.DEMO_PASSWORD), on=FIRST, at=at)
        desk = _Desk(session, cast, Vault.of(settings), Stage(session, FIRST))
        facility = found_institutions(desk.play(people.STORY, 0))
        enter_programmes(desk.play(people.STORY, 0))
        _cast_stories(desk, facility, today, district)
        desk.stage.play_until(today - timedelta(days=1), advance)
        morning = desk.play(people.DISTRICT, 0, synthetic=True)
        desk.stage.add(last_morning(morning), morning, today)
        desk.stage.play_morning(today)


@dataclass(frozen=True)
class _Desk:
    """What every story needs, so that each gets a `Play` of its own."""

    session: Session
    cast: people.Cast
    vault: Vault
    stage: Stage
    references: dict[str, int] = field(default_factory=dict)

    def play(self, label: str, turn: int, *, synthetic: bool = False) -> Play:
        return Play(self.session, self.cast, self.vault, FIRST, label, synthetic, turn, self.references)


def _cast_stories(desk: _Desk, facility: Facility, today: date, district: int) -> None:
    treasury = desk.play(people.STORY, 0)
    desk.stage.add(serve_facility(treasury, facility), treasury, FIRST)
    for turn, (case, use, payee) in enumerate(pilot_cases()):
        play = desk.play(people.STORY, turn)
        desk.stage.add(pilot_loan(play, facility, case, use, payee), play, case.applied_on)
    play = desk.play(people.STORY, 1)
    desk.stage.add(chain_loan(play, facility), play, date(2013, 1, 14))
    visitor = desk.play(people.STORY, 1)
    desk.stage.add(visits(visitor), visitor, today - timedelta(days=VISITED_DAYS))
    planned = desk.play(people.STORY, 2)
    start = today - timedelta(days=60)
    desk.stage.add(planned_without_firm(planned, start), planned, start)
    first = add_years(today, -DISTRICT_YEARS)
    whole = cases(district, first=first, last=today - timedelta(days=RECENT_DAYS), seed=SEED)
    since = today - timedelta(days=RECENT_DAYS)
    whole += cases(district // RECENT_SHARE, first=since, last=today, seed=SEED + 1, begin=district)
    for number, case in enumerate(whole):
        play = desk.play(people.DISTRICT, number, synthetic=True)
        desk.stage.add(district_case(play, facility, case, number, today), play, case.applied_on)
