"""The three stages of expected credit loss: how far a loan's risk has grown since it was made."""

from __future__ import annotations

from enum import StrEnum

from models.lending.ageing import FiveClass


class LossStage(StrEnum):
    """First: losses of the next twelve months. Second: risk has grown, losses of the whole life. Third: impaired."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"

    @property
    def place(self) -> int:
        """Nought for the first: the number that stands for the stage in columns."""
        return _PLACES[self]


STAGES = tuple(LossStage)
_PLACES = {stage: place for place, stage in enumerate(STAGES)}


def stage_of(
    *, days: int, five_class: FiveClass, watched: bool, impaired: bool, second_days: int, third_days: int
) -> LossStage:
    """The stage by days past due, class, and what stands on the watch list.

    Third: over `third_days`, non-performing or known to be credit-impaired. Second: over `second_days`, special mention
    (every restructured asset in observation is, CLS-10) or `watched`. Whoever was restored is in the first again.
    """
    if impaired or five_class.non_performing or days > third_days:
        return LossStage.THIRD
    if watched or five_class is FiveClass.SPECIAL_MENTION or days > second_days:
        return LossStage.SECOND
    return LossStage.FIRST
