"""Amounts and rates that may be left out of a form: read exactly, or the default."""

from __future__ import annotations

from models.refusals import BadInput
from models.values.money import AmountNotUnderstood, Money
from models.values.rate import Rate
from talentbank.web.fields import NO_RATE, REASONS


def yuan_or(text: str, field: str, default: Money) -> Money:
    """An amount in yuan, or the default for an empty text. Refuses with BadInput that names the field."""
    if not text.strip():
        return default
    try:
        return Money.yuan(text)
    except AmountNotUnderstood as wrong:
        raise BadInput(field=field, reason=REASONS.get(wrong.reason, REASONS["not a number"])) from None


def per_cent_or_none(text: str, field: str) -> Rate | None:
    """A share typed in per cent, or None for an empty text. Refuses with BadInput that names the field."""
    if not text.strip():
        return None
    try:
        hundredfold = Rate.of(text.strip().removesuffix("%").removesuffix("％"))
    except ValueError:
        raise BadInput(field=field, reason=NO_RATE) from None
    return Rate(hundredfold.ppm // 100)
