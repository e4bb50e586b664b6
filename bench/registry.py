"""The register of benchmarks: each names its rows beforehand, so that a row can be missed but never missing.

A benchmark is a generator that takes `scale` (1.0 for the real sizes, less for a trial) and yields rows made by
`at_most`, `at_least` and `shown`. A family is a module `bench/<family>*.py` whose functions carry `@measures`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

Benchmark = Callable[[float], Iterator["Row"]]


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. `bound` is what it should be (`<= 4`), `against` what it was measured against.

    A row without a bound cannot be missed: its `ok` is true. A missed row says why in `reason`.
    """

    name: str
    value: float | None
    unit: str
    bound: str | None
    ok: bool
    against: str
    reason: str = ""

    def as_dict(self) -> dict[str, object]:
        """The row as it stands in var/bench.json."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Registered:
    """A benchmark with the names of the rows it owes."""

    names: tuple[str, ...]
    run: Benchmark


REGISTER: list[Registered] = []


def measures(*names: str) -> Callable[[Benchmark], Benchmark]:
    """Register a benchmark together with the names of all its rows."""

    def register(benchmark: Benchmark) -> Benchmark:
        REGISTER.append(Registered(names, benchmark))
        return benchmark

    return register


def at_most(name: str, value: float, bound: float, *, unit: str = "x", against: str, reason: str = "") -> Row:
    """A row that is met when the value does not exceed the bound; `reason` is kept only if it is missed."""
    ok = value <= bound
    why = "" if ok else (reason or f"{value:.3g} is more than {bound:g}")
    return Row(name, value, unit, f"<= {bound:g}", ok, against, why)


def at_least(name: str, value: float, bound: float, *, unit: str = "x", against: str, reason: str = "") -> Row:
    """A row that is met when the value reaches the bound."""
    ok = value >= bound
    why = "" if ok else (reason or f"{value:.3g} is less than {bound:g}")
    return Row(name, value, unit, f">= {bound:g}", ok, against, why)


def shown(name: str, value: float, *, unit: str, against: str) -> Row:
    """A row that is only shown."""
    return Row(name, value, unit, None, True, against)


def load_families() -> None:
    """Import every module of this package, which registers its benchmarks."""
    package = importlib.import_module("bench")
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
        if not module.ispkg and not module.name.startswith("_"):
            importlib.import_module(f"bench.{module.name}")


def run(
    only: str = "",
    *,
    scale: float = 1.0,
    told: Callable[[Row], None] | None = None,
    register: list[Registered] | None = None,
) -> list[Row]:
    """Run what the prefix selects. A benchmark that fails leaves its rows as missed, with the error as the reason."""
    rows: list[Row] = []
    for one in REGISTER if register is None else register:
        wanted = [name for name in one.names if name.startswith(only)]
        if not wanted:
            continue
        seen: set[str] = set()
        reason = "the benchmark ended without this row"
        try:
            for row in one.run(scale):
                if row.name not in one.names:
                    raise LookupError(f"{row.name} was not announced")
                seen.add(row.name)
                if row.name in wanted:
                    rows.append(row)
                    if told is not None:
                        told(row)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
        for name in wanted:
            if name not in seen:
                row = Row(name, None, "", None, False, "", reason)
                rows.append(row)
                if told is not None:
                    told(row)
    return rows
