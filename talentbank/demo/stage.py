"""The stage: one session over many years, stories that wait for their day, and the end of every day."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from models.roles import SYSTEM
from models.values.calendar import CHINA
from talentbank.demo.steps import Play
from workflows.day_end import run_day
from workflows.day_portfolio import Standing

Story = Generator[date, None, None]
"""A story yields the day on which it goes on; it is woken on the first business day from then on."""

DAYS_A_COMMIT = 60


class Stage:
    """Plays stories day by day and closes every day behind them."""

    def __init__(self, session: Session, first: date) -> None:
        self.session = session
        self.on = first
        self.standing = Standing()
        self._waiting: list[tuple[date, int, Story, Play]] = []
        self._numbers = 0

    def add(self, story: Story, play: Play, start: date) -> None:
        """Let a story begin on a day."""
        self._numbers += 1
        heapq.heappush(self._waiting, (start, self._numbers, story, play))

    def play_until(self, last: date, tell: Callable[[int], None]) -> None:
        """Play every day up to and including `last`, with its end of day; `tell` hears of each day played."""
        since_commit = 0
        while self.on <= last:
            if CHINA.business_day(self.on):
                self._play_day()
            at = datetime(self.on.year, self.on.month, self.on.day, 15, 30, tzinfo=UTC)
            run_day(self.session, on=self.on, by=SYSTEM, at=at, standing=self.standing)
            self.on += timedelta(days=1)
            since_commit += 1
            if since_commit >= DAYS_A_COMMIT:
                self.session.commit()
                since_commit = 0
            tell(1)
        self.session.commit()

    def play_morning(self, on: date) -> None:
        """Play what waits for a day without closing it: the day on which the demonstration is opened."""
        self.on = on
        self._play_day()
        self.session.commit()

    def _play_day(self) -> None:
        while self._waiting and self._waiting[0][0] <= self.on:
            _, _, story, play = heapq.heappop(self._waiting)
            play.on = self.on
            try:
                again = next(story)
            except StopIteration:
                continue
            self.add(story, play, max(again, self.on + timedelta(days=1)))
