"""`talentbank schedule`: the repayment schedule of any loan, without a database."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from models.lending.all_in import NoAllInPrice, above, all_in_rate
from models.lending.day_count import DayCount
from models.lending.repricing import Repricing
from models.lending.schedule import Instalment, Schedule, schedule_of
from models.lending.terms import BY_MONTHS, Frequency, RepaymentMethod, Shape, Terms, TermsNotValid
from models.policies.pilot import pilot_rules
from models.policies.rules import CreditRules
from models.values.calendar import CHINA, LAST_NOTICE_YEAR, Roll
from models.values.money import Money, total
from models.values.rate import Rate
from models.values.terms import add_months
from talentbank import i18n
from talentbank.commands import console
from talentbank.commands.opening import day, today
from talentbank.commands.schedule_terms import (
    read_amount,
    read_fees,
    read_plan,
    read_pricing,
    read_steps,
    read_tranches,
    told,
)
from talentbank.i18n import N_, _
from talentbank.settings import load

HEADS = (N_("期次"), N_("应还日"), N_("最迟还款日"), N_("本金"), N_("利息"), N_("本息合计"), N_("剩余本金"))
DRAWN = N_("本期放款")
ROUNDINGS = {"fen": 1, "yuan": 100, "ten-yuan": 1000}
LANGUAGE = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Made:
    """A schedule with its terms and what it costs a year, all in."""

    terms: Terms
    schedule: Schedule
    all_in: Rate | None
    warned: Rate | None
    """The limit of LOAN-29, if the price is above it."""


def schedule(
    amount: Annotated[str, typer.Argument(help="principal in yuan (15000000, 15,000,000) or with 万 (1500万)")],
    rate: Annotated[str, typer.Argument(help="yearly rate: 4.35% or 0.0435, or a spread on LPR: LPR+60, LPR-20")],
    months: Annotated[int, typer.Argument(help="term in months", min=1, max=1200)],
    method: Annotated[RepaymentMethod, typer.Option(help="the way of repaying")] = RepaymentMethod.EQUAL_INSTALMENTS,
    start: Annotated[str | None, typer.Option(metavar="DATE", help="the day of pay-out; today if not given")] = None,
    settle: Annotated[
        Frequency | None, typer.Option(help="how often interest is settled; monthly if not given")
    ] = None,
    settle_day: Annotated[int, typer.Option(min=1, max=31, help="the settlement day (LOAN-15)")] = 20,
    day_basis: Annotated[int, typer.Option(help="days a year is taken to have: 360 or 365")] = 360,
    plan: Annotated[
        list[str] | None, typer.Option(metavar="DATE=AMOUNT", help="for free_form: principal due on a day; repeatable")
    ] = None,
    roll: Annotated[Roll, typer.Option(help="what happens to a due day on a rest day (LOAN-23)")] = Roll.FOLLOWING,
    new_rate: Annotated[
        list[str] | None,
        typer.Option(metavar="DATE=RATE", help="another rate from a day on; repeatable"),
    ] = None,
    reprice: Annotated[
        Repricing,
        typer.Option(help="when a rate on LPR is set anew, as far as quotations are known"),
    ] = Repricing.FIXED,
    day_count: Annotated[
        DayCount | None,
        typer.Option(help="how days are counted; the method's own way if not given"),
    ] = None,
    fee: Annotated[
        list[str] | None,
        typer.Option(metavar="[DATE=]AMOUNT", help="a fee for the all-in price, at pay-out or on a day"),
    ] = None,
    every: Annotated[int, typer.Option(help="months between instalments")] = 1,
    first_due: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="the first due day; the later ones fall on its day of the month, the last one on maturity",
        ),
    ] = None,
    interest_only: Annotated[int, typer.Option(metavar="N", help="the first N instalments pay interest only")] = 0,
    step: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NUMBER=SHARE", help="from an instalment on, a share of the plain one: 13=110%; repeatable"
        ),
    ] = None,
    balloon_over: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="reckon the instalment over N of them; what is left is paid with the last one (balloon)"
        ),
    ] = None,
    round_to: Annotated[
        Literal["fen", "yuan", "ten-yuan"],
        typer.Option(help="what the agreed instalment is rounded to; the last one pays the rest"),
    ] = "fen",
    tranche: Annotated[
        list[str] | None,
        typer.Option(metavar="DATE=AMOUNT", help="a tranche that joins later; repeatable"),
    ] = None,
    form: Annotated[Literal["table", "json", "csv", "xlsx"], typer.Option("--format", help="how to answer")] = "table",
    out: Annotated[Path | None, typer.Option(help="the file to write; needed for xlsx")] = None,
    language: Annotated[LANGUAGE, typer.Option(help="language of the heads")] = "en",
) -> None:
    """Reckon the repayment schedule of a loan. Needs no database.

    talentbank schedule 15,000,000 4.35% 36 --method equal_principal --start 2012-11-07
    """
    begin = day(start) or today(load())
    maturity = _maturity(begin, months)
    monthly = method is RepaymentMethod.INTEREST_FIRST
    if every != 1 and method not in BY_MONTHS:
        raise typer.BadParameter(
            "--every: only for equal instalments and equal principal; leave it out or use --settle"
        )
    price, new_rates = read_pricing(
        rate, start=begin, maturity=maturity, months=months, repricing=reprice, new_rates=new_rate or ()
    )
    fees = read_fees(fee or (), begin)
    try:
        shape = Shape(
            interest_only=interest_only,
            steps=read_steps(step or ()),
            amortise_over=balloon_over,
            first_due=day(first_due),
            multiple_fen=ROUNDINGS[round_to],
            day_count=day_count,
            drawings=read_tranches(tranche or ()),
            new_rates=new_rates,
        )
        terms = Terms(
            principal_fen=read_amount(amount).fen,
            rate_ppm=price.ppm,
            start=begin,
            maturity=maturity,
            method=method,
            day_basis=day_basis,
            settle_freq=settle or (Frequency.MONTH if monthly else None),
            settle_day=settle_day if settle or monthly else None,
            months_each=every,
            plan=read_plan(plan or ()),
            shape=shape,
        )
        made = schedule_of(terms, roll=lambda due: CHINA.rolled(due, roll))
    except TermsNotValid as error:
        raise told(error) from None
    with i18n.speaking(language):
        priced = _priced(terms, made, fees)
        _WRITERS[form](priced, out)
        if priced.warned is not None:
            console.err.print(
                _("年化综合成本高于 %(limit)s，有法律风险（LOAN-29）。") % {"limit": priced.warned}, soft_wrap=True
            )
    if roll is not Roll.NONE and any(CHINA.provisional(line.due_on) for line in made):
        console.err.print(
            f"Rest days after {LAST_NOTICE_YEAR} (or before the first notice) are estimates: no notice has named them yet.",
            soft_wrap=True,
        )


def _maturity(start: date, months: int) -> date:
    try:
        return add_months(start, months)
    except ValueError:
        raise typer.BadParameter(
            f"MONTHS: {months} months after {start} lie beyond the calendar; write fewer"
        ) from None


def _priced(terms: Terms, made: Schedule, fees: dict[date, int]) -> Made:
    limit = next(rules for rules in pilot_rules() if isinstance(rules, CreditRules)).allin_warn
    try:
        price = all_in_rate(terms, made, fees=fees)
    except NoAllInPrice:
        return Made(terms, made, None, None)
    return Made(terms, made, price, limit if above(price, limit) else None)


def _heads(made: Made) -> list[str]:
    return [_(head) for head in (*HEADS, *((DRAWN,) if made.terms.shape.drawings else ()))]


def _cells(line: Instalment) -> tuple[int, date, date, Money, Money, Money, Money]:
    return (
        line.number,
        line.due_on,
        line.payable_on,
        Money(line.principal_fen),
        Money(line.interest_fen),
        Money(line.payment_fen),
        Money(line.balance_after_fen),
    )


def _rows(made: Made) -> list[tuple[Any, ...]]:
    drawn = bool(made.terms.shape.drawings)
    return [(*_cells(line), *((Money(line.drawn_fen),) if drawn else ())) for line in made.schedule]


def _as_table(made: Made, out: Path | None) -> None:
    _refuse_file(out)
    rows = _rows(made)
    sums = [total(row[place] for row in rows) for place in (3, 4, 5)]
    more = [total(row[7] for row in rows)] if made.terms.shape.drawings else []
    numbers = (0, *range(3, 7 + len(more)))
    console.say_table(_heads(made), [*rows, ("", _("总计"), "", *sums, "", *more)], right=numbers)
    if made.all_in is not None:
        console.out.print(_("年化综合成本：%(rate)s") % {"rate": made.all_in})


def _as_json(made: Made, out: Path | None) -> None:
    _refuse_file(out)
    names = ("number", "due_on", "payable_on", "principal_fen", "interest_fen", "payment_fen", "balance_after_fen")
    terms = made.terms
    console.say_json(
        {
            "principal_fen": terms.principal_fen,
            "rate_ppm": terms.rate_ppm,
            "new_rates": [{"on": one.on, "rate_ppm": one.rate_ppm} for one in terms.shape.new_rates],
            "method": terms.method,
            "start": terms.start,
            "maturity": terms.maturity,
            "total_interest_fen": made.schedule.total_interest_fen,
            "all_in_rate_ppm": made.all_in,
            "all_in_above_limit": made.warned is not None,
            "instalments": [
                dict(zip(names, _cells(line), strict=True)) | {"drawn_fen": line.drawn_fen} for line in made.schedule
            ],
        }
    )


def _as_csv(made: Made, out: Path | None) -> None:
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_heads(made))
    writer.writerows([_csv_cell(cell) for cell in row] for row in _rows(made))
    if out is None:
        sys.stdout.write(text.getvalue())
    else:
        out.write_bytes(text.getvalue().encode("utf-8-sig"))  # the mark by which Excel knows UTF-8


def _csv_cell(cell: int | date | Money) -> str:
    return str(cell.in_yuan()) if isinstance(cell, Money) else str(cell)


def _as_xlsx(made: Made, out: Path | None) -> None:
    from reports.workbook import Column, Kind, workbook  # only this form needs it

    if out is None:
        raise typer.BadParameter("--out: a workbook needs a file to be written to")
    kinds = (Kind.COUNT, Kind.DATE, Kind.DATE, *[Kind.MONEY] * 5)
    columns = [Column(head, kind) for head, kind in zip(_heads(made), kinds, strict=False)]
    terms = made.terms
    conditions: list[tuple[str, Any]] = [
        (_("贷款金额"), Money(terms.principal_fen)),
        (_("年利率"), Rate(terms.rate_ppm)),
        (_("还款方式"), i18n.word(terms.method)),
        (_("起始日"), terms.start),
        (_("到期日"), terms.maturity),
    ]
    conditions += [(_("%(day)s 起年利率") % {"day": one.on}, Rate(one.rate_ppm)) for one in terms.shape.new_rates]
    if made.all_in is not None:
        conditions.append((_("年化综合成本"), made.all_in))
    out.write_bytes(workbook(columns, _rows(made), conditions, _("还款计划")))
    console.err.print(f"{out} written.")


def _refuse_file(out: Path | None) -> None:
    if out is not None:
        raise typer.BadParameter("--out: only csv and xlsx are written to a file")


_WRITERS: dict[str, Callable[[Made, Path | None], None]] = {
    "table": _as_table,
    "json": _as_json,
    "csv": _as_csv,
    "xlsx": _as_xlsx,
}
