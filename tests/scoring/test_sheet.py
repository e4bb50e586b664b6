"""A whole sheet from a snapshot: the same snapshot gives the same sheet, and nothing else is ever read."""

from __future__ import annotations

import copy
import inspect
import json

import pytest

import scoring.features
from models.application import Stop
from models.policies.pilot import pilot_rules
from models.policies.rules import CreditRules
from models.values.money import Money
from scoring.features import MODEL, PROHIBITED
from scoring.reasons import Reason
from scoring.sheet import score_snapshot

RULES = next(rules for rules in pilot_rules() if isinstance(rules, CreditRules))

SNAPSHOT = {
    "model": MODEL,
    "on": "2012-11-07",
    "maturity": "2014-11-07",
    "talent": {"consent_on": "2012-11-01", "industry_years": 12, "firms_founded": 1, "papers": 20, "prizes": 2},
    "designations": [
        {
            "plan": "千人计划",
            "level": "national",
            "selected_on": "2011-03-01",
            "valid_to": None,
            "verified": True,
        }
    ],
    "team": [
        {
            "duty": "研发",
            "joined_on": "2010-03-01",
            "left_on": None,
            "commitment_ppm": 1_000_000,
            "key_person": True,
        }
    ],
    "firm": {"registered_on": "2010-05-20", "size": "micro", "integrity_listed": False},
    "firm_years": [
        {
            "year": 2011,
            "revenue_fen": 1_500_000_000,
            "profit_fen": 150_000_000,
            "rd_spend_fen": 187_500_000,
            "assets_fen": 2_000_000_000,
            "debts_fen": 700_000_000,
        }
    ],
    "assets": [
        {
            "number": "200910000001.9",
            "title": "一种示例材料",
            "kind": "invention",
            "status": "granted",
            "owned": True,
            "co_owned": False,
            "co_owner_consent": False,
            "service_invention_cleared": True,
            "filed_on": "2009-04-20",
            "granted_on": "2011-06-15",
            "expires_on": "2029-04-20",
            "fees_paid_through": "2013-04-20",
            "claims": 12,
            "family_size": 2,
            "citations": 5,
            "technical_score": 80,
            "economic_score": 70,
            "appraisal": {
                "base_date": "2012-09-30",
                "low_fen": 1_500_000_000,
                "middle_fen": 1_875_000_000,
                "high_fen": 2_250_000_000,
            },
            "pledged_fen": 0,
        }
    ],
    "investigation": {"credit_record": "clean", "integrity_checked": True, "integrity_listed": False},
}


def changed(**places):
    """The snapshot with single facts changed: `talent__papers=0`."""
    snapshot = copy.deepcopy(SNAPSHOT)
    for place, fact in places.items():
        *path, last = place.split("__")
        inner = snapshot
        for step in path:
            inner = inner[int(step)] if step.isdigit() else inner[step]
        inner[last] = fact
    return snapshot


def stops(snapshot) -> list[Stop]:
    return [stop for stop, _ in score_snapshot(snapshot, rules=RULES).stops]


class TestASheet:
    def test_gives_the_same_again_after_the_snapshot_went_through_the_database(self):
        again = json.loads(json.dumps(SNAPSHOT))
        first, second = score_snapshot(SNAPSHOT, rules=RULES), score_snapshot(again, rules=RULES)
        assert first == second
        assert first.figures["pledge_value_fen"] == Money.wan(600).fen

    def test_says_what_would_reach_the_next_grade(self):
        scores = score_snapshot(SNAPSHOT, rules=RULES)
        hint = next(reason for reason in scores.reasons if reason.code == "grade.next")
        assert hint.facts["now"] == scores.grade
        better = {line.grade: line.from_points for line in RULES.grades}
        assert better[hint.facts["grade"]] == scores.points + hint.facts["missing"]

    def test_reads_its_reasons_back_as_they_were(self):
        for reason in score_snapshot(SNAPSHOT, rules=RULES).reasons:
            assert Reason.of(json.loads(json.dumps(reason.as_dict()))) == reason

    def test_of_a_planned_firm_is_scored_without_figures(self):
        planned = changed(firm={"registered_on": None, "size": "micro", "integrity_listed": False}, firm_years=[])
        assert score_snapshot(planned, rules=RULES).firm.points == RULES.firm_unknown_points
        assert score_snapshot(changed(firm=None), rules=RULES).firm.points == RULES.firm_unknown_points


class TestStops:
    def test_are_none_for_a_sound_case(self):
        assert stops(SNAPSHOT) == []

    @pytest.mark.parametrize(
        ("change", "stop"),
        [
            ({"investigation__integrity_listed": True}, Stop.INTEGRITY_LISTED),
            ({"firm__integrity_listed": True}, Stop.INTEGRITY_LISTED),
            ({"investigation__integrity_checked": False}, Stop.INTEGRITY_UNCHECKED),
            ({"designations": []}, Stop.NO_DESIGNATION),
            ({"designations__0__valid_to": "2012-11-06"}, Stop.NO_DESIGNATION),
            ({"designations__0__verified": False}, Stop.DESIGNATION_UNVERIFIED),
            ({"talent__consent_on": None}, Stop.NO_CONSENT),
            ({"talent__consent_on": "2012-11-08"}, Stop.NO_CONSENT),
            ({"firm__size": "large"}, Stop.FIRM_TOO_LARGE),
        ],
    )
    def test_name_whatever_must_be_cleared_first(self, change, stop):
        assert stops(changed(**change)) == [stop]

    def test_are_not_set_by_a_right_that_cannot_be_pledged_it_only_secures_nothing_ip_04(self):
        barred = changed(assets__0__owned=False)
        assert stops(barred) == []
        assert score_snapshot(barred, rules=RULES).pledge_value == Money(0)


class TestProhibitedFeatures:
    @pytest.mark.parametrize("feature", sorted(PROHIBITED))
    def test_change_nothing_wherever_they_stand(self, feature):
        tainted = changed(**{f"{place}__{feature}": "x" for place in ("talent", "firm", "investigation", "team__0")})
        tainted[feature] = "x"
        assert score_snapshot(tainted, rules=RULES) == score_snapshot(SNAPSHOT, rules=RULES)

    def test_are_read_nowhere(self):
        reading = inspect.getsource(scoring.features).partition("def read")[2]
        assert not [feature for feature in PROHIBITED if f'"{feature}"' in reading]
