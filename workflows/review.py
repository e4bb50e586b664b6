"""The joint review, at one door: roster and ties, panels and seats, sealed sheets, the opinion (TB-05 to TB-08)."""

from workflows.review_opinion import (
    ask_again,
    attach_opinion,
    issue_opinion,
    latest_opinion,
    result_of,
    stop_of_opinion,
)
from workflows.review_panel import cancel_panel, open_panel, recuse, replace_expert, seat_panel
from workflows.review_roster import (
    Bar,
    add_expert,
    bars,
    declare_tie,
    eligible_experts,
    end_tie,
    open_seats,
    retire_expert,
)
from workflows.review_sheets import (
    own_seat,
    record_score,
    seal_holds,
    sheets_visible_to,
    supersede_score,
    who_is_missing,
)

__all__ = [
    "Bar",
    "add_expert",
    "ask_again",
    "attach_opinion",
    "bars",
    "cancel_panel",
    "declare_tie",
    "eligible_experts",
    "end_tie",
    "issue_opinion",
    "latest_opinion",
    "open_panel",
    "open_seats",
    "own_seat",
    "record_score",
    "recuse",
    "replace_expert",
    "result_of",
    "retire_expert",
    "seal_holds",
    "seat_panel",
    "sheets_visible_to",
    "stop_of_opinion",
    "supersede_score",
    "who_is_missing",
]
