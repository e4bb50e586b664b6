"""A person's and a team's reputation into points and a line in yuan (TAL-01, TB-10; system.md section 5).

Designation, experience, ventures, publications, credit record and team are read; sex, ethnicity, religion, health,
age, university and native place never are: the facts below have no place for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from models.policies.rules import CreditRules
from models.talent import Level
from models.values.money import ZERO, Money
from models.values.rate import MILLION, Rate
from models.values.terms import add_months, months_and_days
from scoring.reasons import Reason, part_of, points_of, share_of

MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class DesignationFacts:
    """That a plan has selected the person, and until when it holds. `verified`: the talent office has checked it."""

    plan: str
    level: Level
    selected_on: date
    valid_to: date | None
    verified: bool

    def valid(self, on: date) -> bool:
        """Whether it counts on a day: selected by then, and not expired."""
        return self.selected_on <= on and (self.valid_to is None or self.valid_to >= on)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of the talent. `credit_record` is the investigation's word, e.g. ``clean``."""

    designations: Sequence[DesignationFacts]
    industry_years: int
    firms_founded: int
    papers: int
    prizes: int
    credit_record: str


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A member of the team. `commitment_ppm` is the share of his working time."""

    duty: str
    joined_on: date
    left_on: date | None
    commitment_ppm: int
    key_person: bool

    def present(self, on: date) -> bool:
        """Whether he belongs to the team on a day."""
        return self.joined_on <= on and (self.left_on is None or self.left_on > on)


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """The team around the talent, with those who have left."""

    members: Sequence[MemberFacts]


@dataclass(frozen=True, slots=True)
class ReputationScore:
    """Points from 0 to 100, the reputation line, the level it rests on, and why."""

    points: int
    line: Money
    level: Level | None
    reasons: tuple[Reason, ...]


def best_designation(designations: Sequence[DesignationFacts], on: date) -> DesignationFacts | None:
    """The verified designation that counts: the highest level that is valid on the day, the newest of it (TAL-01)."""
    counting = [one for one in designations if one.verified and one.valid(on)]
    return min(counting, key=lambda one: (one.level.rank, -one.selected_on.toordinal()), default=None)


def score_reputation(person: PersonFacts, team: TeamFacts, *, rules: CreditRules, on: date) -> ReputationScore:
    """Reputation on a day. The line is the level's full line times the points, rounded to the fen; without a
    designation there is none.
    """
    best = best_designation(person.designations, on)
    reasons = (_designation(best, rules, on), *_record(person, rules), *_team(team, rules, on))
    points = points_of(reasons)
    full = rules.level_line.get(best.level, ZERO) if best else ZERO
    return ReputationScore(points, full.times(points, 100), best.level if best else None, reasons)


def fading(months: int, years: int) -> Fraction:
    """What is left of a designation after so many months: all at first, half after `years`, then no less."""
    whole = years * MONTHS_A_YEAR
    return 1 - Fraction(min(months, whole), 2 * whole)


def _designation(best: DesignationFacts | None, rules: CreditRules, on: date) -> Reason:
    most = rules.reputation_parts.designation
    if best is None:
        return Reason("reputation.no_designation", 0, {}, most)
    months = months_and_days(best.selected_on, on)[0]
    share = Fraction(rules.level_points.get(best.level, 0), 100) * fading(months, rules.designation_fades_years)
    facts = {"plan": best.plan, "level": best.level.value, "selected_on": best.selected_on.isoformat()}
    return Reason("reputation.designation", share_of(most, share), facts, most)


def _record(person: PersonFacts, rules: CreditRules) -> tuple[Reason, ...]:
    parts, full = rules.reputation_parts, rules.full_marks
    published = person.papers + full.prize_counts_as_papers * person.prizes
    credit = rules.credit_record_shares.get(person.credit_record, Rate(0))
    return (
        Reason(
            "reputation.experience",
            part_of(parts.experience, person.industry_years, full.industry_years),
            {"years": person.industry_years, "full": full.industry_years},
            parts.experience,
        ),
        Reason(
            "reputation.ventures",
            part_of(parts.ventures, person.firms_founded, full.ventures),
            {"firms": person.firms_founded, "full": full.ventures},
            parts.ventures,
        ),
        Reason(
            "reputation.publications",
            part_of(parts.publications, published, full.publications),
            {"papers": person.papers, "prizes": person.prizes},
            parts.publications,
        ),
        Reason(
            "reputation.credit_record",
            part_of(parts.credit_record, credit.ppm, MILLION),
            {"record": person.credit_record},
            parts.credit_record,
        ),
    )


def _team(team: TeamFacts, rules: CreditRules, on: date) -> tuple[Reason, ...]:
    parts, full = rules.reputation_parts, rules.full_marks
    here = [member for member in team.members if member.present(on)]
    if not here:
        most = parts.team_duties + parts.team_time + parts.team_commitment + parts.team_key
        return (Reason("reputation.no_team", 0, {}, most),)
    duties = len({member.duty.strip().casefold() for member in here})
    months = sum(months_and_days(member.joined_on, on)[0] for member in here)
    commitment = sum(member.commitment_ppm for member in here)
    return (
        Reason(
            "reputation.team_duties",
            part_of(parts.team_duties, duties, full.team_duties),
            {"duties": duties, "full": full.team_duties},
            parts.team_duties,
        ),
        Reason(
            "reputation.team_time",
            part_of(parts.team_time, months, full.team_months * len(here)),
            {"months": months // len(here), "full": full.team_months},
            parts.team_time,
        ),
        Reason(
            "reputation.team_commitment",
            part_of(parts.team_commitment, commitment, MILLION * len(here)),
            {"commitment_ppm": commitment // len(here)},
            parts.team_commitment,
        ),
        _key_people(team, here, rules, on),
    )


def _key_people(team: TeamFacts, here: Sequence[MemberFacts], rules: CreditRules, on: date) -> Reason:
    most = rules.reputation_parts.team_key
    since = add_months(on, -rules.key_leaver_months)
    left = sum(
        member.key_person and member.left_on is not None and since < member.left_on <= on for member in team.members
    )
    if left:
        return Reason("reputation.key_leaver", 0, {"left": left, "months": rules.key_leaver_months}, most)
    keys = sum(member.key_person for member in here)
    full = rules.full_marks.key_people
    return Reason("reputation.team_key", part_of(most, keys, full), {"people": keys, "full": full}, most)
