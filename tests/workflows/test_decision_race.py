"""Two approvals at the same moment cannot both take what is left once: real threads, on both engines."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from committee import approve, fund
from people import ACTORS, ANOTHER, AT, ON, a_firm, a_talent, an_application
from sqlmodel import Session, select

from models.application import Application
from models.decision import Decision
from models.queries.books import balance
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import RuleStage
from models.states.application import Stage
from models.values.money import ZERO, Money
from models.versions import RuleSet
from reports.proof import prove
from talentbank.database import Database
from workflows import decision

MEMBERS = (ACTORS[Role.CREDIT_COMMITTEE], ANOTHER[Role.CREDIT_COMMITTEE])


def bound_once(session: Session) -> None:
    """Guarantee rules by which the guarantor may owe its net assets once, all of it to one client if need be."""
    old = session.exec(select(RuleSet).where(RuleSet.kind == "guarantee")).one()
    body = old.body | {
        "version": "guarantee-narrow-1",
        "multiple_max": 1,
        "multiple_max_small": 1,
        "single_max": "1",
        "group_max": "1",
    }
    session.add(
        RuleSet(
            kind="guarantee",
            version="guarantee-narrow-1",
            effective_from=ON,
            body=body,
            stage=RuleStage.APPROVED,
            proposed_by=1,
            approved_by=2,
            approved_at=AT,
        )
    )
    session.flush()


def at_once(database: Database, application_ids: list[int], **wanted: Money) -> list[str]:
    """What becomes of approvals that two members of the committee send at the same moment."""
    start = threading.Barrier(len(application_ids), timeout=30)
    found: list[str] = []

    def decide(application_id: int, by: Actor) -> None:
        try:
            with database.write() as session:
                if session.get_bind().dialect.name == "postgresql":
                    # Both have looked before either decides. SQLite lets one in at a time from its first word on.
                    session.get_one(Application, application_id)
                    start.wait()
                application = session.get_one(Application, application_id)
                approve(session, application, by=by, **wanted)
            found.append("approved")
        except Refusal as refusal:
            found.append(refusal.name)
        except BaseException as fault:
            found.append(repr(fault))

    threads = [
        threading.Thread(target=decide, args=(one, by)) for one, by in zip(application_ids, MEMBERS, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found)


def prepared(database: Database, build: Callable[[Session], list[Application]]) -> list[int]:
    with database.write() as session:
        return [application.key for application in build(session)]


class TestTwoApprovalsAtTheSameMoment:
    @pytest.mark.drill
    def test_cannot_both_take_the_guarantors_last_capacity(self, database):
        def build(session: Session) -> list[Application]:
            fund(session, guarantor=Money.wan(300))  # each asks for 400 x 80% x 0.75 = 240 of it
            bound_once(session)
            return [an_application(session, stage=Stage.OPINION_ISSUED) for _ in range(2)]

        assert at_once(database, prepared(database, build)) == ["MultipleReached", "approved"]
        with database.read() as session:
            assert balance(session, "guarantor.memo_reserved").net == Money.wan(320)
            assert balance(session, "bank.memo_undrawn").net == Money.wan(400)
            assert len(session.exec(select(Decision)).all()) == 1
            assert prove(session).findings == []

    @pytest.mark.drill
    def test_cannot_both_take_the_last_of_one_clients_cap(self, database):
        def build(session: Session) -> list[Application]:
            fund(session)
            talent = a_talent(session)
            return [
                an_application(session, stage=Stage.OPINION_ISSUED, firm=a_firm(session, talent), amount=Money.wan(600))
                for _ in range(2)
            ]

        outcomes = at_once(database, prepared(database, build), amount=Money.wan(600))
        assert outcomes == ["FundSingleCap", "approved"]
        with database.read() as session:
            assert balance(session, "bank.memo_undrawn").net == Money.wan(600)
            assert prove(session).holds

    @pytest.mark.drill
    def test_of_one_application_make_one_decision(self, database):
        def build(session: Session) -> list[Application]:
            fund(session)
            return [an_application(session, stage=Stage.OPINION_ISSUED)] * 2

        assert at_once(database, prepared(database, build)) == ["MoveNotOpen", "approved"]
        with database.read() as session:
            results = list(decision.replay_all(session))
            assert [result.same for result in results] == [True]
            assert balance(session, "bank.memo_undrawn").net == Money.wan(400) != ZERO
