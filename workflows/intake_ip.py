"""Intellectual property at the counter: rights with checked numbers, their fees and state, what they were found worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.document import Document
from models.firm import Firm
from models.intellectual_property import IPAsset, IPKind, IPStatus, Valuation
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.talent import Talent
from models.values.identifiers import PatentKind, parse_patent_number, parse_software_number
from models.values.money import ZERO, Money
from models.values.patent_terms import patent_expiry
from models.values.terms import add_years
from workflows.given import checked, in_order, past, said, within
from workflows.moves import note, require
from workflows.ownership import require_own

_DESK = (Role.LOAN_OFFICER,)
_VALUERS = (Role.LOAN_OFFICER, Role.GUARANTEE_OFFICER, Role.ASSET_MANAGER)

PATENTS = {IPKind(kind.value): kind for kind in PatentKind}
"""The three kinds whose numbers carry a check digit (IP-05, IP-06)."""

TRADEMARK_YEARS = 10
"""From registration (IP-17)."""
SOFTWARE_YEARS = 50
"""To the end of the fiftieth year (IP-18)."""
LAYOUT_YEARS = 10
"""From filing (IP-19); the earlier day of first use is not known to us."""
PLANT_NEW_FROM = date(2025, 6, 1)
"""`plant_term_new_from` (IP-20)."""
PLANT_YEARS = (15, 20)
"""Before and since then, of the shorter of the law's two groups: the stricter reading (IP-20)."""


class KindNotOfNumber(BadInput):
    """The number is one of another kind of patent than was said (IP-05)."""


class FilingYearWrong(BadInput):
    """The number was given out in another year than the filing date says (IP-05)."""


class AssetKnown(Refusal):
    """A right with this number stands in a file already: nothing may be pledged twice unseen."""


class FirmOfAnother(BadInput):
    """The firm was founded by another talent."""


class RangeReversed(BadInput):
    """A valuation's low, middle and high value must rise, from nought on."""


def add_ip_asset(
    session: Session,
    *,
    talent: Talent,
    firm: Firm | None = None,
    kind: IPKind,
    number: str,
    title: str,
    owner: str,
    filed_on: date,
    granted_on: date | None = None,
    fees_paid_through: date | None = None,
    claims: int = 0,
    family_size: int = 0,
    citations: int = 0,
    co_owners: Sequence[str] = (),
    co_owner_consent: bool = False,
    service_invention_cleared: bool = True,
    technical_score: int = 50,
    economic_score: int = 50,
    by: Actor,
    on: date,
    at: datetime,
) -> IPAsset:
    """Enter a right, or an application for one, that may secure a loan; its term follows from its kind (IP-10).

    Patent and software numbers are checked (IP-05 to IP-07), kind and filing year must agree with the number.
    Refuses with NumberWrong, CheckDigitWrong, KindNotOfNumber, FilingYearWrong, AssetKnown, FirmOfAnother.
    """
    require_own(by, "ip_asset.add", talent.key, *_DESK)
    if firm is not None and firm.founder_id != talent.key:
        raise FirmOfAnother(field="firm", firm=firm.name, talent=talent.name)
    past(filed_on, "filed_on", on=on)
    if granted_on is not None:
        in_order(filed_on, past(granted_on, "granted_on", on=on), "granted_on")
    number = _number(kind, number, filed_on, on)
    if session.exec(select(IPAsset.id).where(IPAsset.number == number)).first() is not None:
        raise AssetKnown(number=number)
    asset = IPAsset.model_validate(
        {
            "talent_id": talent.key,
            "firm_id": firm.key if firm else None,
            "kind": kind,
            "number": number,
            "title": said(title, "title"),
            "owner": said(owner, "owner"),
            "co_owners": [name.strip() for name in co_owners if name.strip()],
            "co_owner_consent": co_owner_consent,
            "service_invention_cleared": service_invention_cleared,
            "claims": within(claims, "claims", least=0, most=10_000),
            "family_size": within(family_size, "family_size", least=0, most=10_000),
            "citations": within(citations, "citations", least=0, most=1_000_000),
            "filed_on": filed_on,
            "granted_on": granted_on,
            "expires_on": right_ends(kind, filed_on, granted_on),
            "fees_paid_through": fees_paid_through,
            "status": IPStatus.FILED if granted_on is None else IPStatus.GRANTED,
            "technical_score": within(technical_score, "technical_score", least=0, most=100),
            "economic_score": within(economic_score, "economic_score", least=0, most=100),
        }
    )
    session.add(asset)
    note(session, asset, "add", by=by, on=on, at=at)
    return asset


def _number(kind: IPKind, text: str, filed_on: date, on: date) -> str:
    if kind in PATENTS:
        with checked("number"):
            patent = parse_patent_number(text, on=on)
        if patent.kind is not PATENTS[kind]:
            raise KindNotOfNumber(field="kind", number=patent.application, found=patent.kind, kind=kind)
        if patent.year != filed_on.year:
            raise FilingYearWrong(field="filed_on", number=patent.application, year=patent.year, given=filed_on)
        return patent.application
    if kind is IPKind.SOFTWARE:
        with checked("number"):
            return parse_software_number(text, on=on)
    return said(text, "number")


def right_ends(kind: IPKind, filed_on: date, granted_on: date | None) -> date | None:
    """The day on which a right ends by its kind (IP-10, IP-17 to IP-20); None where no term runs (yet).

    >>> right_ends(IPKind.INVENTION, date(2016, 11, 3), None)
    datetime.date(2036, 11, 3)
    """
    if kind in PATENTS:
        return patent_expiry(PATENTS[kind], filed_on)
    match kind:
        case IPKind.SOFTWARE:
            return date(filed_on.year + SOFTWARE_YEARS, 12, 31)
        case IPKind.IC_LAYOUT:
            return add_years(filed_on, LAYOUT_YEARS)
        case IPKind.TRADEMARK:
            return None if granted_on is None else add_years(granted_on, TRADEMARK_YEARS)
        case IPKind.PLANT_VARIETY:
            return None if granted_on is None else add_years(granted_on, PLANT_YEARS[granted_on >= PLANT_NEW_FROM])
        case _:
            return None


def pay_fees(session: Session, *, asset: IPAsset, through: date, by: Actor, on: date, at: datetime) -> IPAsset:
    """Record that a right's annual fees are paid for the time up to a day (IP-11)."""
    require_own(by, "ip_asset.pay_fees", asset.talent_id, *_VALUERS)
    in_order(asset.filed_on, through, "through")
    asset.fees_paid_through = through
    session.add(asset)
    note(session, asset, "pay_fees", by=by, on=on, at=at)
    session.flush()
    return asset


def record_status(
    session: Session,
    *,
    asset: IPAsset,
    status: IPStatus,
    granted_on: date | None = None,
    reason: str,
    by: Actor,
    on: date,
    at: datetime,
) -> IPAsset:
    """Record what the register now says about a right: granted, lapsed, invalidated, disputed (IP-21)."""
    require(by, "ip_asset.record_status", *_VALUERS)
    if status is IPStatus.GRANTED and asset.granted_on is None:
        asset.granted_on = past(granted_on or on, "granted_on", on=on)
        in_order(asset.filed_on, asset.granted_on, "granted_on")
        asset.expires_on = right_ends(asset.kind, asset.filed_on, asset.granted_on)
    asset.status = status
    session.add(asset)
    note(session, asset, "record_status", by=by, on=on, at=at, reason=said(reason, "reason"))
    session.flush()
    return asset


def value_asset(
    session: Session,
    *,
    asset: IPAsset,
    base_date: date,
    method: str,
    appraiser: str,
    low: Money,
    middle: Money,
    high: Money,
    document: Document | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Valuation:
    """Enter what an appraiser found a right worth, as a range (P10, P50, P90); valid a year from its base date (IP-15).

    Refuses with RangeReversed, DateAhead, FieldEmpty.
    """
    require(by, "valuation.add", *_VALUERS)
    if not ZERO <= low <= middle <= high:
        raise RangeReversed(field="low", low=low, middle=middle, high=high)
    valuation = Valuation.model_validate(
        {
            "asset_id": asset.key,
            "base_date": past(base_date, "base_date", on=on),
            "method": said(method, "method"),
            "appraiser": said(appraiser, "appraiser"),
            "low": low,
            "middle": middle,
            "high": high,
            "document_id": document.key if document else None,
        }
    )
    session.add(valuation)
    note(session, valuation, "add", by=by, on=on, at=at)
    return valuation


def latest_valuation(session: Session, asset: IPAsset, on: date) -> Valuation | None:
    """The newest valuation of a right with a base date by then; whether it still holds is the reader's question."""
    return session.exec(
        select(Valuation)
        .where(Valuation.asset_id == asset.key, col(Valuation.base_date) <= on)
        .order_by(col(Valuation.base_date).desc(), col(Valuation.id).desc())
        .limit(1)
    ).first()
