"""The guarantor's arithmetic: weighted liability, multiple, headroom, fee, reserves, payout, recovery (GUA-04 to GUA-16).

Pure: amounts in whole fen, shares and rates in parts per million, each result rounded once (NUM-02).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from models.lending.guarantor_book import BookMix, ClientBalance
from models.policies.rules import GuaranteeRules
from models.values.money import Money, half_up, total
from models.values.rate import MILLION, Rate, interest


def weighted_liability(balances: Iterable[tuple[Money, Rate]]) -> Money:
    """The liability balance (融资担保责任余额): each balance times its weight, rounded once at the end (GUA-04)."""
    return Money(half_up(sum(balance.fen * weight.ppm for balance, weight in balances), MILLION))


def mix_liability(mix: BookMix, rules: GuaranteeRules) -> Money:
    """The weighted liability of a book (GUA-04)."""
    return weighted_liability([(mix.small, rules.weight_small), (mix.other, rules.weight_other)])


def client_liability(clients: Iterable[ClientBalance], rules: GuaranteeRules) -> Money:
    """The weighted liability of some clients together: small ones up to the cap count less (GUA-04, GUA-06)."""
    mix = BookMix()
    for client in clients:
        mix = mix.with_client(client, rules.small_client_cap)
    return mix_liability(mix, rules)


def allowed_multiple(mix: BookMix, rules: GuaranteeRules) -> int:
    """How many times its net assets the guarantor may owe: more when it mainly serves small firms (GUA-05)."""
    if not mix.clients:
        return rules.multiple_max
    by_balance = mix.small.fen * MILLION >= mix.balance.fen * rules.small_balance_share.ppm
    by_clients = mix.small_clients * MILLION >= mix.clients * rules.small_client_share.ppm
    return rules.multiple_max_small if by_balance and by_clients else rules.multiple_max


def multiple(liability: Money, net_assets: Money) -> Fraction:
    """The leverage (放大倍数), unrounded (GUA-05, NUM-05). ValueError without net assets."""
    if net_assets.fen <= 0:
        raise ValueError("there is no multiple of net assets that are not there")
    return Fraction(liability.fen, net_assets.fen)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the guarantor owes, may owe, and has left, in weighted liability (GUA-04 to GUA-06).

    `small_share` is the share of small business in the unweighted balance; `headroom` is below nought when the
    guarantor owes more than it may.
    """

    net_assets: Money
    liability: Money
    multiple: Fraction
    multiple_max: int
    small_share: Fraction
    cap: Money
    single_cap: Money
    group_cap: Money
    headroom: Money


def capacity_of(net_assets: Money, mix: BookMix, rules: GuaranteeRules) -> Capacity:
    """The guarantor's standing under the rules; with no net assets every cap is nought."""
    worth = Money(max(net_assets.fen, 0))
    liability = mix_liability(mix, rules)
    most = allowed_multiple(mix, rules)
    cap = worth.times(most)
    return Capacity(
        net_assets=net_assets,
        liability=liability,
        multiple=multiple(liability, worth) if worth else Fraction(0),
        multiple_max=most,
        small_share=Fraction(mix.small.fen, mix.balance.fen) if mix.balance else Fraction(0),
        cap=cap,
        single_cap=rules.single_max.of_amount(worth),
        group_cap=rules.group_max.of_amount(worth),
        headroom=cap - liability,
    )


def client_headroom(capacity: Capacity, *, single: Money, group: Money) -> Money:
    """What one client may still take, in weighted liability: the least of his own, his group's and the guarantor's
    room (GUA-06); below nought when a limit is broken already."""
    return min(capacity.single_cap - single, capacity.group_cap - group, capacity.headroom)


def fee(guaranteed: Money, rate: Rate, start: date, end: date) -> Money:
    """The guarantee fee on what is guaranteed, actual days over 360 (担保费, GUA-10)."""
    return interest(guaranteed, rate, max((end - start).days, 0))


def unearned_reserve(fee_income: Money, rules_rate: Rate) -> Money:
    """The unearned liability reserve that a year's fee income asks for (未到期责任准备金, GUA-08)."""
    return rules_rate.of_amount(fee_income)


def compensation_provision(liability: Money, *, opening: Money, used: Money, rate: Rate, ceiling: Rate) -> Money:
    """What is provided for compensation at year-end: a share of the liability, until the reserve has reached its
    ceiling (担保赔偿准备金, GUA-09)."""
    gap = ceiling.of_amount(liability) - (opening - used)
    return min(rate.of_amount(liability), Money(max(gap.fen, 0)))


@dataclass(frozen=True, slots=True)
class Payout:
    """What the guarantor pays the bank, and for what."""

    principal: Money
    interest: Money

    @property
    def amount(self) -> Money:
        """Both together."""
        return self.principal + self.interest


def payout(principal: Money, interest_in_term: Money, *, share_ppm: int, covers_interest: bool) -> Payout:
    """The compensation: the guaranteed share of principal and, if covered, of in-term interest (代偿, GUA-14).

    Rounded once for both together; interest takes what rounding leaves. Penalty and compound interest are no part of it.
    """
    loss = principal + interest_in_term if covers_interest else principal
    amount = loss.times(share_ppm, MILLION)
    of_principal = principal.times(share_ppm, MILLION)
    return Payout(of_principal, amount - of_principal)


def shared_loss(loss: Money, shares: Mapping[str, Rate], *, residual: str) -> dict[str, Money]:
    """A loss told apart by agreed shares; the `residual` holder takes what rounding leaves (GUA-12, NUM-04)."""
    names = list(shares)
    parts = loss.shared([share.ppm for share in shares.values()], residual=names.index(residual))
    return dict(zip(names, parts, strict=True))


def shared_recovery(
    recovered: Money, costs: Money, shares: Mapping[str, Rate], *, residual: str
) -> tuple[Money, dict[str, Money]]:
    """What was recovered: the costs of enforcement first, the rest in proportion to the losses borne (GUA-15)."""
    paid_costs = min(recovered, costs)
    return paid_costs, shared_loss(recovered - paid_costs, shares, residual=residual)


def compensation_rate(compensated: Money, released: Money) -> Fraction:
    """Compensated in the year over released in the year (代偿率, GUA-16); nought if nothing was released."""
    return Fraction(compensated.fen, released.fen) if released else Fraction(0)


@dataclass(frozen=True, slots=True)
class AssetRatios:
    """The guarantor's assets by class, as shares of all assets less compensation receivable (GUA-07)."""

    base: Money
    first_and_second: Fraction
    first: Fraction
    third: Fraction
    own_funds: Fraction

    def within(self, *, both_min: Rate, first_min: Rate, third_max: Rate, own_funds_min: Rate) -> bool:
        """Whether all four tests hold."""
        return (
            self.first_and_second >= Fraction(both_min.ppm, MILLION)
            and self.first >= Fraction(first_min.ppm, MILLION)
            and self.third <= Fraction(third_max.ppm, MILLION)
            and self.own_funds >= Fraction(own_funds_min.ppm, MILLION)
        )


def asset_ratios(
    total_assets: Money,
    receivable: Money,
    classes: tuple[Money, Money, Money],
    *,
    net_assets: Money,
    reserves: Iterable[Money] = (),
) -> AssetRatios:
    """The asset tests of a guarantor (GUA-07); `classes` are I, II and III. ValueError without assets."""
    base = total_assets - receivable
    if base.fen <= 0 or total_assets.fen <= 0:
        raise ValueError("there are no assets to tell apart")
    first, second, third = classes
    return AssetRatios(
        base=base,
        first_and_second=Fraction((first + second).fen, base.fen),
        first=Fraction(first.fen, base.fen),
        third=Fraction(third.fen, base.fen),
        own_funds=Fraction((net_assets + total(reserves)).fen, total_assets.fen),
    )
