"""The first rule sets, read from `pilot.toml`: what a new bank starts from until its people approve others."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from models.policies.rules import RULE_KINDS, Rules

FILE = Path(__file__).with_name("pilot.toml")


@cache
def pilot_rules() -> tuple[Rules, ...]:
    """One rule set of each kind, in the order of `RULE_KINDS`. Raises ValueError if the file does not fit them."""
    given = tomllib.loads(FILE.read_text(encoding="utf-8"))
    if given.keys() != RULE_KINDS.keys():
        raise ValueError(f"{FILE.name} has {sorted(given)}, wanted {sorted(RULE_KINDS)}")
    return tuple(kind.model_validate(given[name]) for name, kind in RULE_KINDS.items())
