"""The offer: how much, at what price, each part with its formula and its inputs (system.md section 5).

The amount is the least of what is asked, what is secured, what is needed and what product, funds and bank allow; the
price is what the money costs, what is expected to be lost, what the work costs, and a margin, within bounds. An offer
is a pure function of its inputs and two rule sets, so a stored decision can be replayed to the fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from models.decision import Ceiling, PriceElement
from models.policies.rules import CreditRules, ExposureRules
from models.values.money import ZERO, Money, half_up
from models.values.rate import MILLION, PPM_PER_BASIS_POINT, Rate
from scoring.grading import grade_of, reaches, total_points


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferInputs:
    """Everything an offer depends on besides the rules: amounts in fen, rates and shares in parts per million.

    - `need_fen`: the measured need (LOAN-04), None if nobody measured it.
    - `exposure_fen`: what the client, with whoever counts as one debtor with it, already owes or was promised.
    - `commitments_fen`: of the open facilities together, None while there are none (TB-11).
    - `capital_fen`: the bank's capital by its own book, None while none is booked there: the lender of record is
      then a partner bank, which measures LOAN-08 against its own capital.
    - `funding_source`: ``facilities`` if `funding_cost_ppm` is the open facilities' price, ``rules`` if the rules'.
    """

    request_fen: int
    need_fen: int | None
    product_cap_fen: int
    term_months: int
    pledge_value_fen: int
    reputation_line_fen: int
    ip_points: int
    reputation_points: int
    firm_points: int
    panel_hundredths: int
    exposure_fen: int
    commitments_fen: int | None
    capital_fen: int | None
    guarantee_share_ppm: int
    guarantee_fee_ppm: int
    funding_cost_ppm: int
    funding_source: str

    def as_dict(self) -> dict[str, Any]:
        """The inputs as they are stored with a decision."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """The inputs of a stored decision. Raises TypeError if they are not of this shape."""
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class AmountPart:
    """One ceiling of the amount: None where it does not apply, and then `inputs` say ``why``."""

    name: Ceiling
    amount: Money | None
    formula: str
    inputs: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The part as it is stored with a decision."""
        fen = None if self.amount is None else self.amount.fen
        return {"name": self.name.value, "amount_fen": fen, "formula": self.formula, "inputs": dict(self.inputs)}


@dataclass(frozen=True, slots=True)
class PricePart:
    """One part of the price, a yearly rate. `ppm` is half up for reading; the price is rounded from the exact sum."""

    name: PriceElement
    ppm: int
    formula: str
    inputs: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The part as it is stored with a decision."""
        return {"name": self.name.value, "ppm": self.ppm, "formula": self.formula, "inputs": dict(self.inputs)}


@dataclass(frozen=True, slots=True)
class Offer:
    """How much and at what price, and why. `binding` names the part that bound the amount, `price_bound` the bound
    that the price ran into. `pledge_needed` is what pledges must secure for this amount, after
    guarantee and reputation. `all_in` is the price with the guarantee fee; `warnings` name what should be looked at.
    """

    amount: Money
    rate: Rate
    term_months: int
    guarantee_share: Rate
    guaranteed: Money
    points: int
    grade: str
    default_rate: Rate
    binding: Ceiling
    parts: tuple[AmountPart, ...]
    price_parts: tuple[PricePart, ...]
    price_bound: PriceElement | None
    pledge_needed: Money
    all_in: Rate
    warnings: tuple[str, ...]

    def part(self, name: Ceiling) -> AmountPart:
        """The amount's part of that name. KeyError if there is none."""
        for one in self.parts:
            if one.name == name:
                return one
        raise KeyError(name)

    def as_dict(self) -> dict[str, Any]:
        """The offer as it is stored with a decision, in plain numbers and texts."""
        return {
            "amount_fen": self.amount.fen,
            "rate_ppm": self.rate.ppm,
            "term_months": self.term_months,
            "guarantee_share_ppm": self.guarantee_share.ppm,
            "guaranteed_fen": self.guaranteed.fen,
            "points": self.points,
            "grade": self.grade,
            "default_rate_ppm": self.default_rate.ppm,
            "binding": self.binding.value,
            "parts": [part.as_dict() for part in self.parts],
            "price_parts": [part.as_dict() for part in self.price_parts],
            "price_bound": self.price_bound.value if self.price_bound else "",
            "pledge_needed_fen": self.pledge_needed.fen,
            "all_in_ppm": self.all_in.ppm,
            "warnings": list(self.warnings),
        }


def make_offer(inputs: OfferInputs, *, credit: CreditRules, exposure: ExposureRules) -> Offer:
    """The offer that follows from inputs and rules. Nought where the grade is below the least one, or a part is."""
    points = total_points(
        credit.points_weights,
        ip=inputs.ip_points,
        reputation=inputs.reputation_points,
        firm=inputs.firm_points,
        panel_hundredths=inputs.panel_hundredths,
    )
    grade, default_rate = grade_of(points, credit.grades)
    parts = _amount_parts(inputs, credit, exposure)
    least = min((part for part in parts if part.amount is not None), key=lambda part: part.amount or ZERO)
    amount = whole_units(least.amount or ZERO, credit.amount_unit)
    binding = least.name
    if not reaches(grade, credit.least_grade, credit.grades):
        amount, binding = ZERO, Ceiling.GRADE
    share = Rate(inputs.guarantee_share_ppm)
    price_parts, rate, bound = price(inputs, default_rate, credit)
    all_in = Rate(rate.ppm + half_up(share.ppm * inputs.guarantee_fee_ppm, MILLION))
    return Offer(
        amount=amount,
        rate=rate,
        term_months=inputs.term_months,
        guarantee_share=share,
        guaranteed=share.of_amount(amount),
        points=points,
        grade=grade,
        default_rate=default_rate,
        binding=binding,
        parts=parts,
        price_parts=price_parts,
        price_bound=bound,
        pledge_needed=pledge_needed(amount, inputs, credit),
        all_in=all_in,
        warnings=("all_in_high",) if all_in > credit.allin_warn else (),
    )


def whole_units(amount: Money, unit: Money) -> Money:
    """An amount cut down to whole units (`amount_unit`, LOAN-04); nought for what is below nought."""
    return Money(max(amount.fen, 0) // unit.fen * unit.fen)


def pledge_needed(amount: Money, inputs: OfferInputs, credit: CreditRules) -> Money:
    """What pledges must secure so that an amount is covered beside guarantee and reputation; nought if nothing."""
    open_part = amount - Rate(inputs.guarantee_share_ppm).of_amount(amount)
    rest = open_part - credit.reputation_cover_share.of_amount(Money(inputs.reputation_line_fen))
    return max(rest, ZERO)


def _amount_parts(inputs: OfferInputs, credit: CreditRules, exposure: ExposureRules) -> tuple[AmountPart, ...]:
    need = None if inputs.need_fen is None else Money(inputs.need_fen)
    return (
        AmountPart(Ceiling.REQUEST, Money(inputs.request_fen), "request", {"request_fen": inputs.request_fen}),
        _security(inputs, credit),
        AmountPart(Ceiling.NEED, need, "need", {"why": "not_measured"} if need is None else {"need_fen": need.fen}),
        AmountPart(
            Ceiling.PRODUCT_CAP,
            Money(inputs.product_cap_fen),
            "product_cap",
            {"product_cap_fen": inputs.product_cap_fen},
        ),
        _room(Ceiling.FUND_SINGLE_CAP, exposure.fund_single_cap, "cap − exposure", {}, inputs),
        _share_of(
            Ceiling.FUND_SINGLE_SHARE, "commitments", inputs.commitments_fen, exposure.fund_single_share_max, inputs
        ),
        _share_of(Ceiling.BANK_SINGLE, "capital", inputs.capital_fen, exposure.bank_single_max, inputs),
    )


def _security(inputs: OfferInputs, credit: CreditRules) -> AmountPart:
    """An amount is secured while pledges, the covered share of the reputation line and its own guaranteed share
    reach it: amount = pledge + line × cover + amount × guaranteed share, solved for the amount, cut to the fen.
    """
    formula = "(pledge_value + reputation_line × cover_share) ÷ (1 − guarantee_share)"
    covered = credit.reputation_cover_share.of_amount(Money(inputs.reputation_line_fen))
    facts: dict[str, Any] = {
        "pledge_value_fen": inputs.pledge_value_fen,
        "reputation_line_fen": inputs.reputation_line_fen,
        "cover_share_ppm": credit.reputation_cover_share.ppm,
        "guarantee_share_ppm": inputs.guarantee_share_ppm,
    }
    if inputs.guarantee_share_ppm >= MILLION:
        return AmountPart(Ceiling.SECURITY, None, formula, {**facts, "why": "guaranteed_in_full"})
    own = inputs.pledge_value_fen + covered.fen
    amount = Money(own * MILLION // (MILLION - inputs.guarantee_share_ppm))
    return AmountPart(Ceiling.SECURITY, amount, formula, {**facts, "guaranteed_fen": amount.fen - own})


def _room(name: Ceiling, cap: Money, formula: str, facts: Mapping[str, Any], inputs: OfferInputs) -> AmountPart:
    room = Money(max(cap.fen - inputs.exposure_fen, 0))
    return AmountPart(name, room, formula, {**facts, "cap_fen": cap.fen, "exposure_fen": inputs.exposure_fen})


def _share_of(name: Ceiling, base: str, base_fen: int | None, share: Rate, inputs: OfferInputs) -> AmountPart:
    formula = f"{base} × share − exposure"
    if base_fen is None:
        return AmountPart(name, None, formula, {"why": f"no_{base}", "share_ppm": share.ppm})
    facts = {f"{base}_fen": base_fen, "share_ppm": share.ppm}
    return _room(name, Money(base_fen * share.ppm // MILLION), formula, facts, inputs)


def price(
    inputs: OfferInputs, default_rate: Rate, credit: CreditRules
) -> tuple[tuple[PricePart, ...], Rate, PriceElement | None]:
    """The price and its parts: funding cost + expected loss + operating cost + margin, rounded half up to the basis
    point once, then held within floor and cap. The third is the bound it ran into, or None.
    """
    kept = MILLION - inputs.guarantee_share_ppm
    loss = default_rate.ppm * credit.loss_given_default.ppm * kept  # parts per million, times a million squared
    rest = inputs.funding_cost_ppm + credit.operating_cost.ppm + credit.margin.ppm
    exact = rest * MILLION**2 + loss
    rate = half_up(exact, MILLION**2 * PPM_PER_BASIS_POINT) * PPM_PER_BASIS_POINT
    parts = (
        PricePart(
            PriceElement.FUNDING_COST, inputs.funding_cost_ppm, "funding_cost", {"source": inputs.funding_source}
        ),
        PricePart(
            PriceElement.EXPECTED_LOSS,
            half_up(loss, MILLION**2),
            "default_rate × loss_given_default × (1 − guarantee_share)",
            {
                "default_rate_ppm": default_rate.ppm,
                "loss_given_default_ppm": credit.loss_given_default.ppm,
                "guarantee_share_ppm": inputs.guarantee_share_ppm,
            },
        ),
        PricePart(PriceElement.OPERATING_COST, credit.operating_cost.ppm, "operating_cost", {}),
        PricePart(PriceElement.MARGIN, credit.margin.ppm, "margin", {}),
    )
    if rate < credit.rate_floor.ppm:
        return parts, credit.rate_floor, PriceElement.FLOOR
    if rate > credit.rate_cap.ppm:
        return parts, credit.rate_cap, PriceElement.CAP
    return parts, Rate(rate), None
