"""What is typed after `talentbank schedule`, read into lending's own terms; each mistake is told in one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

import typer

from models.lending.repricing import Repricing, floating_rates, repricing_days
from models.lending.terms import Drawing, NewRate, PlannedPrincipal, Step, TermsNotValid
from models.policies.lpr_table import first_quotes
from models.values.lpr import NoLprInForce
from models.values.money import LONGEST_SHOWN, Money, exact_multiple
from models.values.rate import MILLION, Rate
from talentbank.commands import console
from talentbank.commands.opening import day

PPM_PER_PERCENT = 10_000
FLOATING = re.compile(r"LPR(?:([+-]\d{1,5})(?:bp)?)?", re.IGNORECASE)

ADVICE = {
    "principal_fen": ("AMOUNT", "write yuan such as 15000000 or 1500万"),
    "rate_ppm": ("RATE", "write 4.35% or LPR+60"),
    "day_basis": ("--day-basis", "write 360 or 365"),
    "maturity": ("MONTHS", "choose whole periods of --every, or name the first day with --first-due"),
    "months_each": ("--every", "write 1, 2, 3, 4, 6 or 12"),
    "settle_day": ("--settle-day", "write a day from 1 to 31"),
    "plan": ("--plan", "write rising days, the last one the maturity, that add up to the amount and all tranches"),
    "first_due": ("--first-due", "write a day after the start and not after maturity"),
    "interest_only": ("--interest-only", "write fewer instalments than the loan has"),
    "steps": ("--step", "write --step 13=110% --step 25=120%, within the instalments"),
    "amortise_over": ("--balloon-over", "write the instalments over which it would be repaid, more than it has"),
    "multiple_fen": ("--round-to", "leave it out for this method"),
    "drawings": ("--tranche", "write rising days after the start and before maturity"),
    "new_rates": ("--new-rate", "write rising days after the start and before maturity"),
}


def told(error: TermsNotValid) -> typer.BadParameter:
    """A refusal of the terms as one line: the option, what is wrong, and what to write."""
    option, advice = ADVICE.get(error.field, (error.field, "look at --help"))
    field = error.field.removesuffix("_fen").removesuffix("_ppm")
    return typer.BadParameter(f"{option}: {field}: {error.reason}; {advice}")


def read_amount(text: str) -> Money:
    """An amount typed in yuan, or in ten thousands with 万 behind it."""
    bare = text.strip().removesuffix("元")
    try:
        return Money.wan(bare[:-1]) if bare.endswith("万") else Money.yuan(bare)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def read_rate(text: str) -> Rate:
    """A yearly rate typed in per cent (4.35%) or as a decimal (0.0435); below 100% a year."""
    bare = text.strip().replace("％", "%")
    told = repr(text)[:LONGEST_SHOWN]
    try:
        ppm = exact_multiple(bare.removesuffix("%"), PPM_PER_PERCENT if bare.endswith("%") else MILLION)
    except ValueError:
        raise typer.BadParameter(f"{told} is not a rate such as 4.35% or 0.0435") from None
    if ppm != ppm.to_integral_value():
        raise typer.BadParameter(f"{told} is finer than a millionth")
    if not 0 <= ppm < MILLION:
        raise typer.BadParameter(f"{told} would be {ppm / PPM_PER_PERCENT:,.0f}% a year: write 4.35% or 0.0435")
    return Rate(int(ppm))


def read_pricing(
    text: str, *, start: date, maturity: date, months: int, repricing: Repricing, new_rates: Iterable[str]
) -> tuple[Rate, tuple[NewRate, ...]]:
    """The rate at the start and the later ones: a fixed rate with the changes typed, or LPR with basis points (LPR+60,
    LPR-20) on the quotations the program carries."""
    changes = tuple(NewRate(on, read_rate(rate).ppm) for on, rate in _dated(new_rates, "DATE=RATE", "2026-01-01=3.6%"))
    floating = FLOATING.fullmatch(text.replace(" ", ""))
    if floating is None:
        if repricing is not Repricing.FIXED:
            raise typer.BadParameter(
                f"--reprice {repricing}: {text!r} does not float; write LPR+60 for a spread of 60 bp"
            )
        return read_rate(text), changes
    if changes:
        raise typer.BadParameter("--new-rate: a rate on LPR is set anew by --reprice; write one of them")
    quotes = [one.quote for one in first_quotes()]
    try:
        first, later = floating_rates(
            quotes, int(floating[1] or 0), start=start, maturity=maturity, months=months, repricing=repricing
        )
    except NoLprInForce:
        first_day = min(quote.published for quote in quotes)
        raise typer.BadParameter(f"--start: no LPR is known on {start}; the first is of {first_day}") from None
    except ValueError as error:
        raise typer.BadParameter(f"RATE: {error}; write a smaller discount") from None
    newest = max(quote.published for quote in quotes)
    if any(on > newest for on in repricing_days(start, maturity, repricing)):
        console.err.print(f"LPR is known up to the quotation of {newest}; after it the rate is kept.", soft_wrap=True)
    return Rate(first), later


def read_plan(lines: Iterable[str]) -> tuple[PlannedPrincipal, ...]:
    """Principal on agreed days."""
    return tuple(PlannedPrincipal(on, amount) for on, amount in _amounts(lines))


def read_tranches(lines: Iterable[str]) -> tuple[Drawing, ...]:
    """Tranches that join later."""
    return tuple(Drawing(on, amount) for on, amount in _amounts(lines))


def read_steps(lines: Iterable[str]) -> tuple[Step, ...]:
    """Steps typed as 13=110%: from the 13th instalment on, 110% of the plain one."""
    steps = []
    for text in lines:
        number, sign, share = text.partition("=")
        if not sign or not number.strip().isdecimal():
            raise typer.BadParameter(f"{text[:LONGEST_SHOWN]!r} is not NUMBER=SHARE such as 13=110%")
        steps.append(Step(int(number), _parts(share, "a share such as 110%")))
    return tuple(steps)


def read_fees(lines: Iterable[str], start: date) -> dict[date, int]:
    """Fees on days (DATE=AMOUNT), or on the day of pay-out (AMOUNT)."""
    fees: dict[date, int] = {}
    for text in lines:
        on, amount = next(_amounts([text])) if "=" in text else (start, read_amount(text).fen)
        if amount < 0 or on < start:
            raise typer.BadParameter(
                f"--fee: {text[:LONGEST_SHOWN]!r} is below nought or before the start; write 2012-11-07=5000 or 5000"
            )
        fees[on] = fees.get(on, 0) + amount
    return fees


def _parts(text: str, wanted: str) -> int:
    text = text.strip()
    try:
        ppm = exact_multiple(text.removesuffix("%"), PPM_PER_PERCENT if text.endswith("%") else MILLION)
    except ValueError:
        raise typer.BadParameter(f"{text[:LONGEST_SHOWN]!r} is not {wanted}") from None
    if ppm != ppm.to_integral_value():
        raise typer.BadParameter(f"{text[:LONGEST_SHOWN]!r} is finer than a millionth")
    return int(ppm)


def _amounts(lines: Iterable[str]) -> Iterator[tuple[date, int]]:
    return ((on, read_amount(amount).fen) for on, amount in _dated(lines, "DATE=AMOUNT", "2013-11-07=500000"))


def _dated(lines: Iterable[str], form: str, example: str) -> Iterator[tuple[date, str]]:
    for text in lines:
        on, sign, rest = text.partition("=")
        due = day(on) if sign else None
        if due is None:
            raise typer.BadParameter(f"{text[:LONGEST_SHOWN]!r} is not {form} such as {example}")
        yield due, rest
