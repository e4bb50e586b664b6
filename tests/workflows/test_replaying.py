"""Decisions made again from what they kept: the same to the fen, and whatever was changed since is found."""

from __future__ import annotations

import pytest
from committee import TABLE, advised, approve
from people import AT, ON, an_application
from sqlmodel import select

from models.states.application import Stage
from models.values.money import Money
from models.values.rate import Rate
from models.versions import RuleSet
from workflows import decision, offering, replaying
from workflows.scoring_desk import latest_sheet


def newer_rules(session) -> None:
    """Credit rules that hold from now on and would give other offers."""
    old = session.exec(select(RuleSet).where(RuleSet.kind == "credit")).one()
    body = old.body | {"version": "credit-2", "margin": "0.0200", "amount_unit": "100000"}
    session.add(
        RuleSet(
            kind="credit",
            version="credit-2",
            effective_from=ON,
            body=body,
            stage=old.stage,
            proposed_by=1,
            approved_by=2,
            approved_at=AT,
        )
    )


class TestReplaying:
    def test_gives_every_decision_again_to_the_fen_years_later(self, database):
        with database.write() as session:
            approve(session, advised(session, amount=Money.yuan(3_217_400)))
            decision.reject(
                session, application=an_application(session, stage=Stage.OPINION_ISSUED), reason="x", **TABLE
            )
            approve(
                session,
                an_application(session, stage=Stage.OPINION_ISSUED, planned=True),
                guarantee_share=Rate.of("0.65"),
            )
            newer_rules(session)
        with database.read() as session:
            results = list(decision.replay_all(session))
            assert len(results) == 3
            assert [result.differences for result in results] == [(), (), ()]
            assert all(result.same for result in results)

    def test_reads_what_was_stored_and_not_what_the_parties_look_like_today(self, sqlite_database):
        with sqlite_database.write() as session:
            application = advised(session)
            made = approve(session, application)
            application.amount = Money.wan(1)
            session.flush()
            assert decision.replay(session, made).same

    @pytest.mark.parametrize("place", ["offer", "facts", "sheet", "snapshot", "opinion", "amount", "reason"])
    def test_finds_what_was_changed_behind_the_systems_back(self, sqlite_database, place):
        with sqlite_database.write() as session:
            application = advised(session)
            made = approve(session, application)
            sheet, opinion = latest_sheet(session, application), offering.latest_opinion(session, application)
            match place:
                case "offer":
                    made.offer = made.offer | {"rate_ppm": made.offer["rate_ppm"] - 100}
                case "facts":
                    made.inputs = made.inputs | {"facts": made.inputs["facts"] | {"pledge_value_fen": 1}}
                case "sheet":
                    sheet.reputation_points += 1
                case "snapshot":
                    sheet.inputs = sheet.inputs | {"talent": sheet.inputs["talent"] | {"industry_years": 0}}
                case "opinion":
                    opinion.total_hundredths += 1
                case "amount":
                    made.amount = Money.wan(401)
                case "reason":
                    sheet.reasons = sheet.reasons[1:]
            session.flush()
            assert not decision.replay(session, made).same

    def test_names_what_differs(self, sqlite_database):
        with sqlite_database.write() as session:
            made = approve(session, advised(session))
            rate = made.offer["rate_ppm"]
            made.offer = made.offer | {"rate_ppm": rate - 100}
            assert decision.replay(session, made).differences == (
                decision.Difference("offer.rate_ppm", rate - 100, rate),
            )

    def test_says_so_when_arithmetic_or_rules_are_not_those_of_the_decision(self, sqlite_database, monkeypatch):
        with sqlite_database.write() as session:
            made = approve(session, advised(session))
            monkeypatch.setattr(replaying, "MODEL", "expert-2")
            assert [one.name for one in decision.replay(session, made).differences] == ["model"]
            monkeypatch.undo()
            made.inputs = made.inputs | {"versions": made.inputs["versions"] | {"exposure": "lost-1"}}
            assert [one.name for one in decision.replay(session, made).differences] == ["rules.exposure"]
            made.inputs = {"model": made.inputs["model"]}
            assert [one.name for one in decision.replay(session, made).differences] == ["inputs"]
