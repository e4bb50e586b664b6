"""What claims, awards and money become as shares, and what shares are worth on the way out (rulebook section 8, EQ).

Pure integers: money in fen, shares in parts per million (69_767 is 6.9767%), each figure rounded half up once. The
formulas never look at a case; `workflows` hands in what the rules and the cap table say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from models.values.money import ZERO, Money, half_up
from models.values.rate import MILLION, Rate, interest
from models.values.terms import add_months, add_years

PRICE_PARTS = 10_000
"""A price per share is kept in ten-thousandths of a yuan (EQ-05)."""

_FEN_PARTS = PRICE_PARTS // 100


def share_of(capital: Money, whole: Money) -> int:
    """A part of the registered capital in parts per million. ValueError where there is no capital."""
    if whole.fen <= 0:
        raise ValueError("there is no capital to hold a share of")
    return half_up(capital.fen * MILLION, whole.fen)


class BelowPar(ValueError):
    """The contribution would be less than the registered capital that it makes."""


def refuse_below_par(registered: Money, pre_money: Money) -> None:
    """Raise BelowPar where a yuan of registered capital would cost less than a yuan.

    Capital must be paid in full, and what is brought instead of money may not be over-valued (Company Law 2023 arts.
    48, 49 and, for shares, 148): no contribution makes more capital than it is worth, so the firm's value before it
    may not lie below its registered capital. A firm worth less must reduce its capital first (arts. 224, 225).
    """
    if pre_money < registered:
        raise BelowPar(f"a value of {pre_money} lies below the registered capital of {registered}")


@dataclass(frozen=True, slots=True)
class Issue:
    """New registered capital of a limited company for a contribution; the rest goes to its capital reserve (资本公积),
    which is nought or more."""

    value: Money
    new_registered: Money
    reserve: Money
    post_money: Money
    share_ppm: int


def issue(value: Money, registered: Money, pre_money: Money) -> Issue:
    """Turn a contribution into registered capital at the firm's value before it (EQ-04).

    new = value x registered / pre-money; share = new / (registered + new); post-money = pre-money + value.
    ValueError for amounts that are not above nought, and for a contribution too small for one fen of capital; its kind
    BelowPar where the contribution would not cover the capital.
    """
    if min(value.fen, registered.fen, pre_money.fen) <= 0:
        raise ValueError("value, registered capital and pre-money value must be above nought")
    refuse_below_par(registered, pre_money)
    new = Money(half_up(value.fen * registered.fen, pre_money.fen))
    if not new:
        raise ValueError("the contribution is too small for a fen of registered capital")
    return Issue(value, new, value - new, pre_money + value, share_of(new, registered + new))


@dataclass(frozen=True, slots=True)
class RoundShares:
    """What a claim becomes in a share company at the next round; `price` in ten-thousandths of a yuan."""

    price: int
    shares: int
    remainder: Money
    share_ppm: int


def convert_at_round(
    claim: Money, *, pre_shares: int, pre_money: Money, discount: Rate, cap: Money | None = None
) -> RoundShares:
    """Conversion at the next round (EQ-05): the lower of the discounted price and the capped one.

    The price has four places, shares are rounded down, the remainder is paid in cash. ValueError for a price of nought.
    """
    if pre_shares <= 0 or not 0 <= discount.ppm < MILLION:
        raise ValueError("a round needs shares, and a discount below one")
    discounted = half_up(pre_money.fen * _FEN_PARTS * (MILLION - discount.ppm), pre_shares * MILLION)
    price = discounted if cap is None else min(discounted, half_up(cap.fen * _FEN_PARTS, pre_shares))
    if price <= 0:
        raise ValueError("the round has no price")
    shares = claim.fen * _FEN_PARTS // price
    remainder = Money(claim.fen - half_up(shares * price, _FEN_PARTS))
    return RoundShares(price, shares, remainder, half_up(shares * MILLION, pre_shares + shares))


@dataclass(frozen=True, slots=True)
class AwardIssue:
    """How much of an award may become capital; `left` stays a grant."""

    new_registered: Money
    converted: Money
    left: Money
    share_ppm: int


def award_to_capital(
    grant: Money, registered: Money, pre_money: Money, *, ceiling: Rate, public: Money = ZERO
) -> AwardIssue:
    """Turn an award into capital so far that public hands hold at most `ceiling` afterwards (EQ-08).

    `public` is registered capital that public hands hold already. Nothing at all may be left to convert.
    ValueError for amounts that are not above nought and for a ceiling of one or more; BelowPar as `issue`.
    """
    if min(grant.fen, registered.fen, pre_money.fen) <= 0 or not 0 <= ceiling.ppm < MILLION:
        raise ValueError("amounts must be above nought and the ceiling below one")
    refuse_below_par(registered, pre_money)
    wanted = half_up(grant.fen * registered.fen, pre_money.fen)
    room = max((ceiling.ppm * registered.fen - MILLION * public.fen) // (MILLION - ceiling.ppm), 0)
    if wanted <= room:
        new, converted = Money(wanted), grant
    else:
        new = Money(room)
        converted = Money(min(grant.fen, room * pre_money.fen // registered.fen))
    return AwardIssue(new, converted, grant - converted, share_of(new, registered + new))


def diluted(share_ppm: int, pre_money: Money, raised: Money) -> int:
    """What a share is after a round: before x pre / (pre + raised) (EQ-15)."""
    return half_up(share_ppm * pre_money.fen, (pre_money + raised).fen)


@dataclass(frozen=True, slots=True)
class ExitFloor:
    """The least a public holding may be sold for, and the days it was held."""

    days: int
    price: Money


def public_exit_floor(
    cost: Money, start: date, end: date, *, free_years: int, rate: Rate, from_end_of_free: bool = False
) -> ExitFloor:
    """Cost within the free years, later cost and loan-rate interest on actual days over 360 (让利退出, EQ-11).

    Interest runs from the investment, or from the end of the free years (`exit_interest_from`).
    """
    free_until = add_years(start, free_years)
    days = (end - start).days
    if end <= free_until:
        return ExitFloor(days, cost)
    counted = (end - free_until).days if from_end_of_free else days
    return ExitFloor(days, cost + interest(cost, rate, counted))


def buy_back_price(
    cost: Money,
    start: date,
    end: date,
    *,
    rate: Rate,
    dividends: Money = ZERO,
    compound: bool = False,
    day_basis: int = 365,
) -> Money:
    """What founders pay to buy a holding back (回购, EQ-12): cost and interest, less the dividends; never below nought.

    Simple on actual days, or compounded on full years with simple interest on the rest.
    """
    years, day = 0, start
    if compound:
        years = end.year - start.year - (add_years(start, end.year - start.year) > end)
        day = add_years(start, years)
    parts = MILLION * day_basis
    grown = cost.fen * (MILLION + rate.ppm) ** years * (parts + rate.ppm * (end - day).days)
    return Money(max(half_up(grown - dividends.fen * MILLION**years * parts, MILLION**years * parts), 0))


def tag_along(offer: int, own: int, others: int) -> int:
    """How many shares a holder may sell along with a seller who has an offer (跟售, EQ-13): rounded down."""
    return offer * own // (own + others)


@dataclass(frozen=True, slots=True)
class PriceTest:
    """A deal price against the appraised value; the ratio in parts per million."""

    ratio_ppm: int
    price_ok: bool
    report_valid: bool


def price_test(
    appraised: Money, price: Money, *, base_date: date, deal_date: date, floor: Rate, valid_months: int
) -> PriceTest:
    """Whether a state holder may deal at a price (EQ-16, EQ-17): not below `floor` of the value, on a valid report."""
    return PriceTest(
        half_up(price.fen * MILLION, appraised.fen) if appraised.fen else MILLION,
        price.fen * MILLION >= appraised.fen * floor.ppm,
        appraisal_valid(base_date, deal_date, valid_months),
    )


def appraisal_valid(base_date: date, on: date, valid_months: int) -> bool:
    """Whether an appraisal holds on a day: not made later, and not older than so many months (EQ-03, EQ-16)."""
    return base_date <= on <= add_months(base_date, valid_months)


@dataclass(frozen=True, slots=True)
class Liquidation:
    """How the proceeds of a liquidation are shared; `converts` when the plain share is worth more than the preference."""

    investor: Money
    others: Money
    converts: bool


def liquidation(proceeds: Money, preference: Money, share_ppm: int) -> Liquidation:
    """A non-participating preference (EQ-14): the greater of the preference and the plain share of the proceeds."""
    plain = Money(half_up(proceeds.fen * share_ppm, MILLION))
    preferred = min(proceeds, preference)
    investor = max(plain, preferred)
    return Liquidation(investor, proceeds - investor, plain > preferred)
