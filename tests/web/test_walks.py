"""The screens as a whole, walked by every post: who is shown a link may follow it, who is shown a form may send it.

Two banks are walked: the furnished one, with something on every desk of intake and review, and the demonstration's
story, looked at on the mornings on which a loan is renewed, has gone bad, lies with the asset manager, has become shares.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from crawling import Walk
from fastapi import FastAPI
from people import STORE
from sqlmodel import Session, col, select
from webdesk import NOW, Visitor

from models.facility import Facility
from models.lending.changes import PrepayChoice
from models.loan import Loan
from models.refusals import Refusal
from models.roles import Role
from models.states.loan import LoanStage
from models.user import User
from models.values.money import Money
from talentbank.database import Database
from talentbank.demo import build, building, stage
from talentbank.settings import Settings
from talentbank.vault import Vault
from talentbank.web import doors
from talentbank.web.app import create_app
from workflows import changing, funding, programmes
from workflows.change_effects import Prepayment

LAST = date(2015, 12, 14)
EARLIER: dict[date, tuple[Role, ...]] = {
    date(2014, 2, 21): (Role.LOAN_OFFICER, Role.FUND_MANAGER),
    date(2014, 12, 19): (Role.LOAN_OFFICER, Role.CREDIT_REVIEWER, Role.ASSET_MANAGER),
    date(2015, 5, 20): (Role.ASSET_MANAGER, Role.VENTURE_MANAGER),
}
"""Mornings of the story on which other things wait than on the last, and the posts that they wait for."""

AT_INTAKE = (
    Role.APPLICANT,
    Role.LOAN_OFFICER,
    Role.CREDIT_REVIEWER,
    Role.EXPERT,
    Role.PANEL_CHAIR,
    Role.CREDIT_COMMITTEE,
    Role.TALENT_OFFICE,
    Role.AUDITOR,
)
"""The posts that have something to do or to read in the furnished bank."""

NO_LINK = {"/healthz", "/readyz", "/metrics", "/login", "/session/token", "/search", "/days/progress"}
"""Asked by machines and scripts, by forms that read, and by guests."""


@dataclass(frozen=True)
class Walked:
    """What was found in one bank."""

    app: FastAPI
    walks: tuple[Walk, ...]

    def wrong(self) -> list[str]:
        return [f"{', '.join(walk.user.roles)}: {one}" for walk in self.walks for one in walk.wrong]


def people(session: Session) -> list[User]:
    """One account for each post, and for experts and applicants the one with the most of his own to see: the newest."""
    found: dict[tuple[str, ...], User] = {}
    for user in session.exec(select(User).order_by(col(User.id))):
        if Role.SYSTEM not in user.roles and (user.talent_id or user.expert_id or tuple(user.roles) not in found):
            found[tuple(user.roles)] = user
    session.expunge_all()
    return list(found.values())


def walked(database: Database, settings: Settings, on: date, posts: tuple[Role, ...] = (), each: int = 1) -> Walked:
    """Every post (or those named) walks through the bank on the morning of a day."""
    morning = datetime.combine(on, time(2), UTC)
    app = create_app(settings, database, clock=lambda: morning)
    with database.read() as session:
        everybody = people(session)
    files: set[str] = set()
    walkers = [user for user in everybody if not posts or not {*posts}.isdisjoint(user.roles)]
    return Walked(app, tuple(Walk(app, user, each, files).through() for user in walkers))


@pytest.fixture(scope="module")
def of_the_story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Walked]]:
    """The demonstration, played once, and kept as it was on each of its mornings."""
    folder = tmp_path_factory.mktemp("walks")
    settings = Settings(secret_key="w" * 40, documents_dir=folder / "documents", log_level="error", _env_file=None)
    database = Database(f"sqlite:///{folder / 'last.db'}", create=True, durable=False)
    database.create_all()
    mornings = {day: folder / f"{day}.db" for day in EARLIER}
    days = iter(range((LAST - building.FIRST).days))

    def played(_: int) -> None:
        if (copy := mornings.get(building.FIRST + timedelta(days=next(days) + 1))) is not None:
            with sqlite3.connect(folder / "last.db") as now, sqlite3.connect(copy) as then:
                now.backup(then)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "DAYS_A_COMMIT", 1)
        build(database, settings, today=LAST, advance=played, district=4)
    _left_out(database)
    found = [walked(database, settings, LAST), walked(database, settings, LAST, (Role.LOAN_OFFICER,), each=30)]
    for day, copy in mornings.items():
        earlier = Database(f"sqlite:///{copy}")
        _asked_for(earlier, day)
        found.append(walked(earlier, settings, day, EARLIER[day], each=4))
    yield found
    for one in found:
        one.app.state.database.dispose()


def _left_out(database: Database) -> None:
    """What the story leaves out: the vehicle draws on its facility, the talent office notes a project."""
    when = {"on": LAST, "at": datetime.combine(LAST, time(1), UTC)}
    with database.write() as session:
        by = {role: user.actor() for user in people(session) for role in user.roles}
        facility = session.exec(select(Facility)).one()
        funding.draw(
            session, facility=facility, amount=Money.wan(100), due_on=facility.ends_on, by=by[Role.TREASURER], **when
        )
        programmes.add_pool_project(
            session, title="示例项目", district="新碶", tracking="A", by=by[Role.TALENT_OFFICE], **when
        )


def _asked_for(database: Database, day: date) -> None:
    """Whoever may repays a part early: on the last morning no loan is left to do so."""
    with database.write() as session:
        by = next(user.actor() for user in people(session) if Role.LOAN_OFFICER in user.roles)
        for loan in session.exec(select(Loan).where(Loan.stage == LoanStage.ACTIVE)).all():
            with suppress(Refusal), session.begin_nested():
                asked = Prepayment(amount=Money.wan(1), choice=PrepayChoice.LOWER_INSTALMENT)
                at = datetime.combine(day, time(1), UTC)
                changing.propose(session, loan=loan, asked=asked, reason="回款", by=by, on=day, at=at)


@pytest.fixture(scope="module")
def furnished(furnished_template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walked]:
    """The furnished bank, walked by those who work at intake, review and decision."""
    path, _ = furnished_template
    copy = tmp_path_factory.mktemp("walks") / "bank.db"
    with sqlite3.connect(path) as made, sqlite3.connect(copy) as own:
        made.backup(own)
    settings = Settings(
        secret_key="k" * 40, documents_dir=Path(path).parent / "documents", log_level="error", _env_file=None
    )
    for content in STORE.kept.values():
        Vault.of(settings).put(content)
    database = Database(f"sqlite:///{copy}")
    yield walked(database, settings, NOW.date(), AT_INTAKE, each=9)
    database.dispose()


@pytest.fixture(scope="module")
def everywhere(of_the_story, furnished) -> list[Walked]:
    return [*of_the_story, furnished]


class TestEveryLink:
    def test_answers_whoever_is_shown_it(self, everywhere):
        assert [wrong for world in everywhere for wrong in world.wrong()] == []

    def test_leads_together_with_all_others_to_every_page_there_is(self, everywhere):
        opened = {address for world in everywhere for walk in world.walks for address in walk.pages}
        assert doors.addresses() - opened - NO_LINK == set()


class TestEveryForm:
    def test_is_shown_only_to_posts_that_its_route_lets_pass(self, everywhere):
        refused = [
            f"{', '.join(walk.user.roles)}: {action} on {page}"
            for world in everywhere
            for walk in world.walks
            for action, page in walk.forms.items()
            if doors.door_of(action, "POST") is None or not doors.opens(action, walk.user.actor(), method="POST")
        ]
        assert refused == []

    def test_sent_empty_is_answered_for_what_it_lacks_not_for_who_sent_it(self, everywhere):
        """A workflow asks for the post once more; it and the page that shows the form have to be of one mind."""
        refused = []
        for world in everywhere:
            for walk in sorted(world.walks, key=lambda one: Role.ADMINISTRATOR in one.user.roles):
                visitor = Visitor(world.app).signed_in(walk.user)
                for action, page in walk.forms.items():
                    if action not in ("/logout", "/language"):
                        status = visitor.post(action).status_code
                        if status in (403, 404, 405) or status >= 500:
                            refused.append(f"{', '.join(walk.user.roles)}: {action} on {page} answers {status}")
        assert refused == []
