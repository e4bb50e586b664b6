"""Scoring at the desk: the snapshot of what is known, the sheet that is filed, and what stops the review."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from people import ACTORS, AT, OFFICER, ON, a_firm, a_talent, an_application, an_ip_asset
from sqlmodel import col, select

from models.application import Application, ScoreSheet, Stop
from models.firm import Firm
from models.intellectual_property import IPAsset, IPKind
from models.policies.rules import CreditRules
from models.queries.rules import rules_in_force
from models.refusals import NotAllowed
from models.roles import Role
from models.states.application import Stage
from models.states.machine import MoveNotOpen
from models.talent import Level, Talent
from models.values.money import Money
from scoring.features import PROHIBITED
from scoring.sheet import score_snapshot
from workflows import applying, intake, scoring_desk

DESK = {"by": OFFICER, "on": ON, "at": AT}


def investigated(session, **more) -> Application:
    return an_application(session, stage=Stage.DUE_DILIGENCE, **more)


def keys_of(snapshot) -> set[str]:
    """Every key anywhere inside a snapshot."""
    if isinstance(snapshot, dict):
        return set(snapshot) | {key for inner in snapshot.values() for key in keys_of(inner)}
    return {key for inner in snapshot for key in keys_of(inner)} if isinstance(snapshot, list) else set()


class TestScoring:
    def test_moves_the_application_on_and_files_a_sheet_with_reasons_and_inputs(self, database):
        with database.write() as session:
            application = investigated(session)
            sheet = scoring_desk.score(session, application=application, **DESK)
            number = sheet.id
        with database.read() as session:
            sheet = session.get_one(ScoreSheet, number)
            application = session.get_one(Application, sheet.application_id)
            assert application.stage is Stage.SCORED
            assert application.due_on is not None
            assert (sheet.number, sheet.stops, sheet.rules_version) == (1, [], "credit-pilot-1")
            assert sheet.pledge_value == Money.wan(600)
            assert sheet.grade in {"AAA", "AA", "A", "BBB"}
            scores = score_snapshot(sheet.inputs, rules=rules_in_force(session, CreditRules, ON))
            assert scores.points == sheet.points
            assert [reason.as_dict() for reason in scores.reasons] == sheet.reasons

    def test_again_files_another_sheet_and_the_newest_counts(self, sqlite_database):
        with sqlite_database.write() as session:
            application = an_application(session, stage=Stage.SCORED)
            second = scoring_desk.score(session, application=application, **DESK)
            assert second.number == 2
            assert scoring_desk.latest_sheet(session, application) is second

    def test_is_the_loan_officers_and_only_after_due_diligence(self, sqlite_database):
        with sqlite_database.write() as session:
            application = investigated(session)
            with pytest.raises(NotAllowed):
                scoring_desk.score(session, application=application, by=ACTORS[Role.PANEL_CHAIR], on=ON, at=AT)
            accepted = an_application(session, stage=Stage.ACCEPTED)
            with pytest.raises(MoveNotOpen):
                scoring_desk.score(session, application=accepted, **DESK)
            assert scoring_desk.latest_sheet(session, accepted) is None

    def test_supports_a_talent_before_his_firm_is_founded(self, sqlite_database):
        with sqlite_database.write() as session:
            application = an_application(session, stage=Stage.SCORED, planned=True)
            sheet = scoring_desk.latest_sheet(session, application)
            assert sheet.stops == []
            assert sheet.firm_points == 50
            assert [r["code"] for r in sheet.reasons if r["code"].startswith("firm.")] == ["firm.planned"]


class TestTheSnapshot:
    def test_is_plain_json_without_names_numbers_of_identity_or_prohibited_features(self, sqlite_database):
        with sqlite_database.write() as session:
            application = investigated(session)
            snapshot = scoring_desk.snapshot_of(session, application, ON)
            assert json.loads(json.dumps(snapshot)) == snapshot
            assert keys_of(snapshot).isdisjoint(PROHIBITED)
            assert "示例" not in json.dumps(snapshot["talent"], ensure_ascii=False)

    def test_knows_only_what_was_known_on_its_day(self, sqlite_database):
        with sqlite_database.write() as session:
            application = investigated(session)
            before = scoring_desk.snapshot_of(session, application, ON)
            firm, talent = application.firm_id, application.talent_id
            later = ON + timedelta(days=30)
            who = {"by": OFFICER, "on": later, "at": AT}
            founded, person = session.get_one(Firm, firm), session.get_one(Talent, talent)
            intake.add_firm_year(
                session, firm=founded, year=2011, revenue=Money.wan(9), profit=Money.wan(1), source="更正", **who
            )
            intake.add_team_member(session, talent=person, name="丙示例", duty="财务", joined_on=later, **who)
            asset = session.exec(select(IPAsset).where(IPAsset.talent_id == talent)).one()
            intake.value_asset(
                session, asset=asset, base_date=later, method="income", appraiser="示例评估",
                low=Money.wan(1), middle=Money.wan(2), high=Money.wan(3), **who,
            )  # fmt: skip
            assert scoring_desk.snapshot_of(session, application, ON) == before
            after = scoring_desk.snapshot_of(session, application, later)
            assert [year["revenue_fen"] for year in after["firm_years"] if year["year"] == 2011] == [Money.wan(9).fen]
            assert after["assets"][0]["appraisal"]["low_fen"] == Money.wan(1).fen
            assert len(after["team"]) == len(before["team"]) + 1

    def test_holds_the_talents_own_rights_and_the_firms_but_none_of_his_other_firms(self, sqlite_database):
        with sqlite_database.write() as session:
            talent = a_talent(session)
            firm, other = a_firm(session, talent), a_firm(session, talent)
            mine = an_ip_asset(session, talent)
            ours = an_ip_asset(session, talent, firm)
            an_ip_asset(session, talent, other)
            strange = an_ip_asset(session, talent, firm, kind=IPKind.SOFTWARE, owner="别家示例公司")
            application = an_application(session, stage=Stage.DUE_DILIGENCE, firm=firm, assets=False)
            snapshot = scoring_desk.snapshot_of(session, application, ON)
            assert [asset["number"] for asset in snapshot["assets"]] == [mine.number, ours.number, strange.number]
            assert [asset["owned"] for asset in snapshot["assets"]] == [True, True, False]


class TestStops:
    def test_are_kept_with_the_sheet_and_refuse_the_review(self, sqlite_database):
        with sqlite_database.write() as session:
            talent = a_talent(session, level=Level.CITY, consent=False, verified=False)
            application = investigated(session, talent=talent)
            sheet = scoring_desk.score(session, application=application, **DESK)
            assert application.stage is Stage.SCORED
            assert scoring_desk.stops_of(sheet) == (Stop.DESIGNATION_UNVERIFIED, Stop.NO_CONSENT)
            with pytest.raises(scoring_desk.HardStop) as refusal:
                scoring_desk.refuse_stopped(sheet)
            assert refusal.value.facts == {"stops": (Stop.DESIGNATION_UNVERIFIED, Stop.NO_CONSENT)}

    def test_of_a_listed_applicant_stand_until_he_is_cleared_and_scored_again(self, sqlite_database):
        with sqlite_database.write() as session:
            application = an_application(session, stage=Stage.ACCEPTED)
            applying.investigate(
                session, application=application, visited_on=ON, second_person="另一人", findings="列入失信名单。",
                integrity_listed=True, **DESK,
            )  # fmt: skip
            sheet = scoring_desk.score(session, application=application, **DESK)
            assert scoring_desk.stops_of(sheet) == (Stop.INTEGRITY_LISTED,)

    def test_are_not_set_by_a_right_that_cannot_be_pledged(self, sqlite_database):
        with sqlite_database.write() as session:
            talent = a_talent(session)
            firm = a_firm(session, talent)
            an_ip_asset(session, talent, firm, fees_paid_through=date(2011, 4, 20))
            application = investigated(session, firm=firm, assets=False)
            sheet = scoring_desk.score(session, application=application, **DESK)
            assert (sheet.stops, sheet.pledge_value) == ([], Money(0))
            barred = [reason for reason in sheet.reasons if reason["code"] == "ip.barred"]
            assert barred[0]["facts"]["bars"] == ["ended"]


def test_sheets_of_an_application_are_numbered_without_gaps(sqlite_database):
    with sqlite_database.write() as session:
        application = investigated(session)
        for _ in range(3):
            scoring_desk.score(session, application=application, **DESK)
        query = select(ScoreSheet.number).where(ScoreSheet.application_id == application.key)
        assert list(session.exec(query.order_by(col(ScoreSheet.number)))) == [1, 2, 3]
