"""The side navigation: which page stands in which group, and which roles see it.

A route module that has pages of its own says so with `NAVIGATION`, a tuple of items; the application collects them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.roles import Actor, Role
from talentbank.i18n import N_

WATCH = N_("监测")
BUSINESS = N_("业务")
REPORTS = N_("报表")
MANAGEMENT = N_("管理")
GROUPS = (WATCH, BUSINESS, REPORTS, MANAGEMENT)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the navigation: its group, where it leads, its icon and label, who sees it.

    Nobody named in `roles` means everybody. `place` orders the lines of a group.
    """

    group: str
    url: str
    icon: str
    label: str
    roles: frozenset[Role] = frozenset()
    place: int = 50

    def shown_to(self, actor: Actor) -> bool:
        """True if the actor may see this line."""
        return not self.roles or actor.holds(*self.roles)

    def leads_to(self, path: str) -> bool:
        """True if `path` is this line's page or lies below it."""
        return path == self.url or (self.url != "/" and path.startswith(self.url + "/"))


_items: list[Item] = []


def fill(items: Iterable[Item]) -> None:
    """Take the lines of every route module, in the order of their places."""
    _items[:] = sorted(items, key=lambda item: (GROUPS.index(item.group), item.place, item.url))


def groups_for(actor: Actor | None) -> list[tuple[str, list[Item]]]:
    """The groups with the lines that this actor sees, without empty groups."""
    if actor is None:
        return []
    shown = [item for item in _items if item.shown_to(actor)]
    groups = [(group, [item for item in shown if item.group == group]) for group in GROUPS]
    return [(group, items) for group, items in groups if items]
