"""Clocks of the benchmarks: every comparison is made in turns inside one run, and the best of its rounds counts."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def each(work: Callable[[], object], *, at_least: float = 0.2) -> float:
    """How long one call takes on average, called again and again for `at_least` seconds."""
    work()
    count, started = 0, time.perf_counter()
    while True:
        work()
        count += 1
        spent = time.perf_counter() - started
        if spent >= at_least:
            return spent / count


def in_turns(*works: Callable[[], object], rounds: int = 3) -> list[float]:
    """The best time of each work, all of them taking turns, so that a slow minute of the machine hits them alike."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for n, work in enumerate(works):
            best[n] = min(best[n], seconds(work))
    return best


def sized(number: int, scale: float, *, least: int = 20) -> int:
    """The number of a full run at `scale`."""
    return max(least, int(number * scale))
