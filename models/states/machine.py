"""Moves and their tables: a life is data that an officer could read aloud."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from models.refusals import Refusal
from models.roles import Role


class MoveNotOpen(Refusal):
    """The thing is in a stage from which this move does not lead on."""


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a life: its verb, from which stage to which, by which role, and who has to be somebody else.

    `apart_from` names earlier moves of the same case whose actor may not make this one (TB-09: 审贷分离);
    there is no switch and no super-user. `reason` says that the actor must give one.
    """

    verb: str
    source: StrEnum
    target: StrEnum
    by: Role | tuple[Role, ...]
    apart_from: tuple[str, ...] = ()
    reason: bool = False

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of which the actor needs one."""
        return self.by if isinstance(self.by, tuple) else (self.by,)


@dataclass(frozen=True)
class Life:
    """A named table of moves. `subject` is the noun's word in history rows, e.g. ``application``."""

    subject: str
    stages: type[StrEnum]
    moves: tuple[Move, ...]

    def find(self, verb: str, stage: StrEnum) -> Move:
        """The move that `verb` makes from `stage`; MoveNotOpen names the stages from which it would be open."""
        for move in self.moves:
            if move.verb == verb and move.source == stage:
                return move
        sources = [str(move.source) for move in self.moves if move.verb == verb]
        if not sources:
            raise KeyError(f"{self.subject} has no move {verb!r}")
        raise MoveNotOpen(subject=self.subject, verb=verb, stage=str(stage), open_from=", ".join(sources))

    def open_to(self, stage: StrEnum, roles: Iterable[Role]) -> tuple[Move, ...]:
        """The moves that holders of `roles` could make from `stage`, in the table's order: the buttons of a page."""
        held = set(roles)
        return tuple(move for move in self.moves if move.source == stage and not held.isdisjoint(move.roles))
