"""Reputation of a person and of a team: points, the line in yuan, and what is never read (TAL-01, TB-10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policies.pilot import pilot_rules
from models.policies.rules import CreditRules
from models.talent import Level
from models.values.money import ZERO, Money
from scoring.reputation import (
    DesignationFacts,
    MemberFacts,
    PersonFacts,
    TeamFacts,
    best_designation,
    fading,
    score_reputation,
)

RULES = next(rules for rules in pilot_rules() if isinstance(rules, CreditRules))
ON = date(2012, 11, 7)


def selected(level: Level = Level.NATIONAL, selected_on: date = ON, **other) -> DesignationFacts:
    return replace(DesignationFacts("千人计划", level, selected_on, None, True), **other)


def a_person(*designations: DesignationFacts, **other) -> PersonFacts:
    """Everything that gives full points besides the designation."""
    return replace(PersonFacts(designations, 10, 2, 10, 2, "clean"), **other)


def a_member(duty: str, **other) -> MemberFacts:
    return replace(MemberFacts(duty, date(2010, 11, 7), None, 1_000_000, False), **other)


FULL_TEAM = TeamFacts(
    (
        a_member("研发", key_person=True),
        a_member("生产", key_person=True),
        a_member("市场"),
        a_member("财务"),
    )
)


def score_of(person: PersonFacts, team: TeamFacts = FULL_TEAM):
    return score_reputation(person, team, rules=RULES, on=ON)


def points_by_code(score) -> dict[str, int]:
    return {reason.code: reason.points for reason in score.reasons}


class TestTheDesignation:
    def test_of_the_highest_valid_level_wins_and_the_newest_of_it_tal_01(self):
        older = selected(selected_on=date(2009, 1, 1))
        newer = selected(selected_on=date(2011, 1, 1))
        city = selected(Level.CITY, ON)
        assert best_designation([city, older, newer], ON) == newer

    def test_counts_only_while_it_is_valid_and_once_it_was_verified(self):
        assert best_designation([selected(valid_to=date(2012, 11, 6))], ON) is None
        assert best_designation([selected(valid_to=ON)], ON) is not None
        assert best_designation([selected(selected_on=date(2012, 11, 8))], ON) is None
        assert best_designation([selected(verified=False)], ON) is None

    @pytest.mark.parametrize(
        ("months", "left"), [(0, Fraction(1)), (60, Fraction(3, 4)), (120, Fraction(1, 2)), (600, Fraction(1, 2))]
    )
    def test_fades_to_half_over_the_years_of_the_rules_and_no_further(self, months, left):
        assert fading(months, 10) == left


class TestTheReputationLine:
    def test_is_the_levels_whole_line_at_full_points(self):
        found = score_of(a_person(selected()))
        assert (found.points, found.line) == (100, Money.yuan(5_000_000))

    def test_falls_with_the_points(self):
        found = score_of(a_person(selected(Level.CITY)), TeamFacts(()))
        assert found.points == 100 - 22 - 13  # no team; 70 of 100 for the level: 32 of 45
        assert found.line == Money.yuan(1_500_000).times(found.points, 100)

    def test_is_none_without_a_designation(self):
        found = score_of(a_person())
        assert (found.line, found.level) == (ZERO, None)
        assert found.points == 55


class TestTheTeam:
    def test_without_members_says_so(self):
        assert points_by_code(score_of(a_person(selected()), TeamFacts(())))["reputation.no_team"] == 0

    def test_counts_those_who_are_here_on_the_day(self):
        gone = a_member("法务", left_on=ON)
        coming = a_member("销售", joined_on=date(2012, 11, 8))
        crowd = TeamFacts((*FULL_TEAM.members, gone, coming))
        assert points_by_code(score_of(a_person(selected()), crowd)) == points_by_code(score_of(a_person(selected())))

    def test_that_lost_a_key_person_within_a_year_gets_no_points_for_its_key_people(self):
        left = a_member("研发", key_person=True, left_on=date(2012, 3, 1))
        assert (
            points_by_code(score_of(a_person(selected()), TeamFacts((*FULL_TEAM.members, left))))[
                "reputation.key_leaver"
            ]
            == 0
        )
        long_ago = replace(left, left_on=date(2011, 11, 7))
        codes = points_by_code(score_of(a_person(selected()), TeamFacts((*FULL_TEAM.members, long_ago))))
        assert codes["reputation.team_key"] == 4


class TestTheCreditRecord:
    @pytest.mark.parametrize(("record", "points"), [("clean", 10), ("none", 6), ("minor", 4), ("bad", 0), ("", 0)])
    def test_gives_the_share_that_the_rules_name(self, record, points):
        codes = points_by_code(score_of(a_person(selected(), credit_record=record)))
        assert codes["reputation.credit_record"] == points


days = st.dates(date(2000, 1, 1), date(2025, 1, 1))
designations = st.builds(
    DesignationFacts,
    plan=st.just("示例计划"),
    level=st.sampled_from(list(Level)),
    selected_on=days,
    valid_to=st.one_of(st.none(), days),
    verified=st.booleans(),
)
members = st.builds(
    MemberFacts,
    duty=st.sampled_from(["研发", "生产", "市场", "财务", "法务"]),
    joined_on=days,
    left_on=st.one_of(st.none(), days),
    commitment_ppm=st.integers(0, 1_000_000),
    key_person=st.booleans(),
)
people = st.builds(
    PersonFacts,
    designations=st.lists(designations, max_size=4),
    industry_years=st.integers(0, 70),
    firms_founded=st.integers(0, 20),
    papers=st.integers(0, 500),
    prizes=st.integers(0, 50),
    credit_record=st.sampled_from(["clean", "none", "minor", "bad", "?"]),
)


@given(person=people, members=st.lists(members, max_size=6))
def test_points_are_the_sum_of_their_reasons_and_the_parts_they_could_give_sum_to_a_hundred(person, members):
    found = score_of(person, TeamFacts(members))
    assert 0 <= found.points == sum(reason.points for reason in found.reasons) <= 100
    assert sum(reason.most for reason in found.reasons) == 100
    assert all(0 <= reason.points <= reason.most for reason in found.reasons)
    full = RULES.level_line[found.level] if found.level else ZERO
    assert ZERO <= found.line <= full


@given(person=people, more=st.integers(0, 30))
def test_more_years_papers_and_ventures_never_lower_the_points(person, more):
    better = replace(
        person,
        industry_years=person.industry_years + more,
        papers=person.papers + more,
        firms_founded=person.firms_founded + more,
    )
    assert score_of(better).points >= score_of(person).points
