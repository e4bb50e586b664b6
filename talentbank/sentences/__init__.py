"""What the bank says when it declines, one file for each part of the bank, each with a dictionary `REFUSALS`.

A key is the name of a Refusal class; the value is the Chinese sentence that says what is the matter and what to do,
with the refusal's facts in it as ``%(fact)s``. The sentence is also the message identifier: its English stands in
`talentbank/locale/en/`. Files here hold data only.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules


@cache
def refusals() -> dict[str, str]:
    """Every refusal's Chinese sentence by the name of its class; a name given twice is a KeyError at start."""
    found: dict[str, str] = {}
    for module in sorted(iter_modules(__path__), key=lambda one: one.name):
        own: dict[str, str] = import_module(f"{__name__}.{module.name}").REFUSALS
        if twice := found.keys() & own.keys():
            raise KeyError(f"{module.name} repeats the sentences of {', '.join(sorted(twice))}")
        found |= own
    return found
