"""How borrowers pay: on the day, late, or no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from models.loan import Loan
from models.queries.owed import live_lines, owed
from models.roles import Role
from models.values.money import Money
from talentbank.demo.stage import Story
from talentbank.demo.steps import Play
from workflows import servicing


def next_due(play: Play, loan: Loan) -> date | None:
    """The day on which something unpaid is payable next; None when nothing is left."""
    days = [line.payable_on for line in live_lines(play.session, loan) if line.unpaid]
    return min(days) if days else None


def pays(play: Play, loan: Loan, lateness: Callable[[int], int] = lambda _: 0, *, stops_after: int = 10_000) -> Story:
    """Pay every due so many days late, `lateness(number)`; no more after so many payments."""
    number = 0
    while loan.stage.owed and number < stops_after:
        due = next_due(play, loan)
        if due is None:
            return
        yield due + timedelta(days=lateness(number))
        if not loan.stage.owed:
            return
        amount = owed(play.session, loan, play.on).due_now
        if amount:
            take(play, loan, amount)
        number += 1


def take(play: Play, loan: Loan, amount: Money, *, prepay: bool = False) -> None:
    """A payment comes in."""
    servicing.receive(
        play.session,
        loan=loan,
        amount=amount,
        bank_ref=play.reference("RCV"),
        prepay=prepay,
        **play.by(Role.LOAN_OFFICER),
    )
