"""One right as it stands: what is known of it, whether its fees are paid, and what bars its pledge (IP-04, IP-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from models.intellectual_property import IPKind, IPStatus, PledgeBar
from models.values.money import ZERO, Money
from models.values.patent_numbers import PatentKind
from models.values.patent_terms import annual_fee, annual_fee_standing
from models.values.terms import add_months, months_and_days

PATENTS = {IPKind.INVENTION: PatentKind.INVENTION, IPKind.UTILITY: PatentKind.UTILITY, IPKind.DESIGN: PatentKind.DESIGN}


@dataclass(frozen=True, slots=True)
class AppraisalFacts:
    """The newest valuation: a range, and the day it is based on (IP-15)."""

    base_date: date
    low: Money
    middle: Money
    high: Money


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """What is known of one right. `owned`: the registered owner is the talent or the firm; `pledged`: what it already
    secures; technical and economic scores are the experts', from 0 to 100.
    """

    number: str
    title: str
    kind: IPKind
    status: IPStatus
    owned: bool
    co_owned: bool
    co_owner_consent: bool
    service_invention_cleared: bool
    filed_on: date
    granted_on: date | None
    expires_on: date | None
    fees_paid_through: date | None
    claims: int
    family_size: int
    citations: int
    technical_score: int
    economic_score: int
    appraisal: AppraisalFacts | None
    pledged: Money = ZERO


def pledge_bars(asset: AssetFacts, *, on: date, maturity: date) -> tuple[PledgeBar, ...]:
    """Why the register would refuse to pledge the right on a day for a debt until `maturity` (IP-04); none is good."""
    fee_paid, fee_lost = fee_standing(asset, on)
    ended = asset.status in (IPStatus.LAPSED, IPStatus.INVALIDATED) or fee_lost
    expired = asset.expires_on is not None and asset.expires_on <= on
    granted = asset.status is not IPStatus.FILED and asset.granted_on is not None and asset.granted_on <= on
    checks = {
        PledgeBar.NOT_OWNER: not asset.owned,
        PledgeBar.ENDED: ended or expired,
        PledgeBar.NOT_GRANTED: not granted,
        PledgeBar.FEE_UNPAID: not fee_paid and not fee_lost,
        PledgeBar.DISPUTED: asset.status is IPStatus.DISPUTED,
        PledgeBar.ENDS_BEFORE_DEBT: asset.expires_on is not None and not expired and asset.expires_on < maturity,
        PledgeBar.CO_OWNER: asset.co_owned and not asset.co_owner_consent,
        PledgeBar.SERVICE_INVENTION: not asset.service_invention_cleared,
        PledgeBar.NOT_REGISTRABLE: asset.kind is IPKind.KNOW_HOW,
    }
    if asset.kind is IPKind.KNOW_HOW:  # never granted, never registered: one word says it
        checks[PledgeBar.NOT_GRANTED] = False
    return tuple(bar for bar, barred in checks.items() if barred)


def fee_standing(asset: AssetFacts, on: date) -> tuple[bool, bool]:
    """Whether a patent's annual fees are paid on a day, and whether the right is lost for want of them (IP-11).

    A patent whose payments are unknown has paid through the year of its grant, whose fee comes with the grant.
    Rights without annual fees have always paid.
    """
    patent = PATENTS.get(asset.kind)
    if patent is None or asset.granted_on is None:
        return True, False
    through = asset.fees_paid_through
    if through is None:
        years_at_grant = months_and_days(asset.filed_on, asset.granted_on)[0] // 12 + 1
        through = add_months(asset.filed_on, 12 * years_at_grant)
    if through < asset.filed_on:
        return False, True
    # "Paid through 7 June" and "through 8 June" mean the same year when the fee is due on the 8th.
    year_no = months_and_days(asset.filed_on, through + timedelta(days=1))[0] // 12 + 1
    try:
        fee = annual_fee(patent, year_no)
    except ValueError:  # all years of the term are paid
        return True, False
    if year_no < 2:
        return on <= add_months(asset.filed_on, 12), False
    standing = annual_fee_standing(asset.filed_on, year_no, fee, on=on)
    return on <= standing.due, not standing.alive
