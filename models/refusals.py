"""The two kinds of no: the bank declining (Refusal), and the software being wrong (BrokenInvariant)."""

from __future__ import annotations

from typing import ClassVar


class Refusal(Exception):
    """The bank declines what somebody asked for: expected, named, full of facts, shown to them kindly.

    Subclasses stand beside the function that raises them; their sentence in both languages stands in
    `talentbank/sentences/`, filled from `facts`. `status` is the HTTP status the shell answers with:
    409 for a state or a limit that says no, 403 for a missing right, 404 for what is not there, 422 for bad input.
    """

    status: ClassVar[int] = 409

    def __init__(self, **facts: object) -> None:
        super().__init__(", ".join(f"{name}={value}" for name, value in facts.items()))
        self.facts = facts

    @property
    def name(self) -> str:
        """The word under which messages, tests and logs know this refusal."""
        return type(self).__name__


class NotAllowed(Refusal):
    """The actor does not hold the role, or has already acted where somebody else must (TB-09)."""

    status = 403


class NotThere(Refusal):
    """What was asked for does not exist, or this actor may not know that it does."""

    status = 404


class BadInput(Refusal):
    """What was typed or sent cannot be right; `facts` name the field and the reason."""

    status = 422


class BrokenInvariant(Exception):
    """We are wrong: it stops the work, rolls back and rings a bell."""

    def __init__(self, what: str, **facts: object) -> None:
        super().__init__(what + (": " + ", ".join(f"{k}={v}" for k, v in facts.items()) if facts else ""))
        self.what = what
        self.facts = facts
