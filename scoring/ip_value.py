"""Intellectual property into points and a pledge value (rulebook section 6: IP-04, IP-10, IP-11, IP-13 to IP-15).

Each right gets a legal, a technical and an economic score, and what it can secure: the low end of its newest valid
valuation, times the pledge rate of its kind, minus what is pledged already. Why a right secures nothing is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from models.intellectual_property import IPKind, IPStatus, PledgeBar
from models.policies.rules import CreditRules
from models.values.money import ZERO, Money, half_up, total
from models.values.rate import MILLION, Rate
from models.values.terms import add_months, months_and_days
from scoring.ip_rights import PATENTS, AppraisalFacts, AssetFacts, pledge_bars
from scoring.reasons import Reason, part_of, points_of

HUNDREDTHS = 100
VOID = frozenset({PledgeBar.NOT_OWNER, PledgeBar.ENDED, PledgeBar.DISPUTED, PledgeBar.SERVICE_INVENTION})
"""With one of these the right is not the talent's to speak of: it gives no points either."""


@dataclass(frozen=True, slots=True)
class AssetValue:
    """One right's scores and what it can secure. `index_hundredths` is the weighted index (IP-14)."""

    number: str
    title: str
    kind: IPKind
    legal: int
    technical: int
    economic: int
    index_hundredths: int
    bars: tuple[PledgeBar, ...]
    pledge_rate: Rate
    capacity: Money
    pledge_value: Money
    counts: bool
    """Whether the right gives points: nothing of `VOID` bars it."""


@dataclass(frozen=True, slots=True)
class IpScore:
    """Points from 0 to 100, every right, what they secure together, and why."""

    points: int
    assets: tuple[AssetValue, ...]
    pledge_value: Money
    reasons: tuple[Reason, ...]


def score_ip(assets: Sequence[AssetFacts], *, rules: CreditRules, on: date, maturity: date) -> IpScore:
    """All rights on a day, for a debt that ends at `maturity`: the best right's index leads, each further one that
    counts adds a little; the pledge values sum.
    """
    valued = tuple(asset_value(asset, rules=rules, on=on, maturity=maturity) for asset in assets)
    reasons = [*_quality(valued, rules)]
    for facts, value in zip(assets, valued, strict=True):
        reasons += _security(facts, value, rules, on, maturity)
    return IpScore(points_of(reasons), valued, total(one.pledge_value for one in valued), tuple(reasons))


def asset_value(asset: AssetFacts, *, rules: CreditRules, on: date, maturity: date) -> AssetValue:
    """One right's three scores, its index, what bars its pledge, and what it can secure.

    The capacity is the appraised low end times the pledge rate (IP-13); of a right that ends within the buffer after
    maturity only the share of the buffer that it lives is counted (IP-10). Rounded to the fen once.
    """
    legal = _legal(asset, rules, on, maturity)
    technical = _technical(asset, rules, on)
    rate = rules.pledge_rates.get(asset.kind, Rate(0))
    capacity = ZERO
    if asset.appraisal is not None and appraisal_valid(asset.appraisal, rules, on):
        alive = life_share(asset, rules, maturity) * Fraction(rate.ppm, MILLION)
        capacity = asset.appraisal.low.times(alive.numerator, alive.denominator)
    bars = pledge_bars(asset, on=on, maturity=maturity)
    if capacity and asset.pledged.fen >= capacity.fen:
        bars = (*bars, PledgeBar.FULLY_PLEDGED)
    return AssetValue(
        number=asset.number,
        title=asset.title,
        kind=asset.kind,
        legal=legal,
        technical=technical,
        economic=asset.economic_score,
        index_hundredths=valuation_index(
            {
                "legal": legal * HUNDREDTHS,
                "technical": technical * HUNDREDTHS,
                "economic": asset.economic_score * HUNDREDTHS,
            },
            rules.ip_weights,
        ),
        bars=bars,
        pledge_rate=rate,
        capacity=ZERO if bars else capacity,
        pledge_value=ZERO if bars or not capacity else capacity - asset.pledged,
        counts=VOID.isdisjoint(bars),
    )


def valuation_index(scores: Mapping[str, int], weights: Mapping[str, Rate]) -> int:
    """The weighted valuation index in hundredths of a point, from scores in hundredths, half up (IP-14, EX-39)."""
    return half_up(sum(scores[side] * weight.ppm for side, weight in weights.items()), MILLION)


def appraisal_valid(appraisal: AppraisalFacts, rules: CreditRules, on: date) -> bool:
    """Whether a valuation may still be used: its base date has come and lies no longer back than the rules allow."""
    return appraisal.base_date <= on <= add_months(appraisal.base_date, rules.ip_revalue_months)


def life_share(asset: AssetFacts, rules: CreditRules, maturity: date) -> Fraction:
    """Of the life that a right should still have at maturity, the share it has (IP-10): 1 when it has all."""
    buffer = rules.ip_life_buffer_days
    if asset.expires_on is None or buffer == 0:
        return Fraction(1)
    return Fraction(max(0, min(buffer, (asset.expires_on - maturity).days)), buffer)


def _legal(asset: AssetFacts, rules: CreditRules, on: date, maturity: date) -> int:
    parts, full = rules.ip_legal_parts, rules.full_marks
    granted = asset.status is IPStatus.GRANTED and asset.granted_on is not None and asset.granted_on <= on
    standing = parts.standing if granted else part_of(parts.standing, rules.ip_filed_share.ppm, MILLION)
    left = full.right_days if asset.expires_on is None else (asset.expires_on - maturity).days
    points = standing + part_of(parts.life, left, full.right_days)
    if asset.kind not in PATENTS:
        return part_of(100, points, parts.standing + parts.life)
    claims = part_of(parts.claims, asset.claims, full.claims)
    return points + claims + part_of(parts.family, asset.family_size, full.family)


def _technical(asset: AssetFacts, rules: CreditRules, on: date) -> int:
    old = asset.filed_on <= on and months_and_days(asset.filed_on, on)[0] >= rules.ip_citations_from_months
    if asset.kind not in PATENTS or not old:
        return asset.technical_score
    share = rules.ip_citation_share.ppm
    cited = part_of(100, asset.citations, rules.full_marks.citations)
    return half_up(asset.technical_score * (MILLION - share) + cited * share, MILLION)


def _quality(valued: Sequence[AssetValue], rules: CreditRules) -> list[Reason]:
    lead = 100 - rules.ip_breadth_most
    counting = [one for one in valued if one.counts]
    if not counting:
        return [Reason("ip.none", 0, {}, 100)]
    best = max(counting, key=lambda one: one.index_hundredths)
    facts = {
        "number": best.number,
        "title": best.title,
        "legal": best.legal,
        "technical": best.technical,
        "economic": best.economic,
    }
    further = len(counting) - 1
    breadth = min(rules.ip_breadth_most, further * rules.ip_breadth_each)
    return [
        Reason("ip.best", part_of(lead, best.index_hundredths, 100 * HUNDREDTHS), facts, lead),
        Reason("ip.breadth", breadth, {"further": further}, rules.ip_breadth_most),
    ]


def _security(asset: AssetFacts, value: AssetValue, rules: CreditRules, on: date, maturity: date) -> list[Reason]:
    named = {"number": asset.number, "title": asset.title}
    if value.bars:
        return [Reason("ip.barred", 0, {**named, "bars": [bar.value for bar in value.bars]})]
    if asset.appraisal is None or not appraisal_valid(asset.appraisal, rules, on):
        return [Reason("ip.not_valued", 0, {**named, "months": rules.ip_revalue_months})]
    found = [
        Reason(
            "ip.secures",
            0,
            {
                **named,
                "low_fen": asset.appraisal.low.fen,
                "pledge_rate_ppm": value.pledge_rate.ppm,
                "pledged_fen": asset.pledged.fen,
                "value_fen": value.pledge_value.fen,
            },
        )
    ]
    if asset.expires_on is not None and life_share(asset, rules, maturity) < 1:
        days = (asset.expires_on - maturity).days
        found.append(Reason("ip.short_life", 0, {**named, "days": days, "wanted": rules.ip_life_buffer_days}))
    return found
