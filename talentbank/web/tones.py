"""How a stage is coloured, whatever thing it belongs to: the word always stands with the colour and never in its place."""

from __future__ import annotations

from enum import StrEnum

PLAIN, WAIT, GO, OK, WARN, BAD = "plain", "wait", "go", "ok", "warn", "bad"

TONES = {
    WAIT: ("submitted", "invited", "requested", "applied", "proposed", "reserved", "registered", "drawn_up", "undrawn"),
    GO: ("accepted", "due_diligence", "scored", "in_review", "opinion_issued", "open", "assigned", "signed"),
    OK: ("decided", "contracted", "approved", "in_force", "active", "paid", "done", "held", "effective"),
    WARN: ("returned", "deferred", "recused", "called", "filed", "converted", "conditional", "resubmit"),
    BAD: ("rejected", "refused", "defaulted", "written_off", "handed_over", "reject"),
}
"""Stage words that have a tone; every other one (settled, closed, cancelled …) is over, and plain."""

OF_CLASS = {
    "BridgeStage.returned": OK,
    "SeatStage.scored": OK,
    "Advice.support": OK,
    "WatchStage.open": WARN,
    "FacilityStage.open": OK,
    "ClaimStage.accepted": GO,
}
"""Where a word means something else in one life than in the others."""

_by_word = {word: tone for tone, words in TONES.items() for word in words}


def tone(stage: StrEnum | str | None) -> str:
    """The tone of a stage, an outcome or an advice: plain, wait, go, ok, warn or bad."""
    if stage is None:
        return PLAIN
    return OF_CLASS.get(f"{type(stage).__name__}.{stage}", _by_word.get(str(stage), PLAIN))
