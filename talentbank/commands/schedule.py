"""`talentbank schedule`: the repayment schedule of any loan, without a database."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from models.lending.schedule import Schedule, schedule_of
from models.lending.terms import Frequency, PlannedPrincipal, RepaymentMethod, Terms, TermsNotValid
from models.values.calendar import CHINA, Roll
from models.values.money import LONGEST_SHOWN, Money, exact_multiple, total
from models.values.rate import MILLION, Rate
from models.values.terms import add_months
from talentbank import i18n
from talentbank.commands import console
from talentbank.commands.opening import day, today
from talentbank.i18n import N_, _
from talentbank.settings import load

HEADS = (N_("期次"), N_("应还日"), N_("最迟还款日"), N_("本金"), N_("利息"), N_("本息合计"), N_("剩余本金"))
PPM_PER_PERCENT = 10_000
LANGUAGE = Literal["zh", "en"]


def schedule(
    amount: Annotated[str, typer.Argument(help="principal in yuan (15000000, 15,000,000) or with 万 (1500万)")],
    rate: Annotated[str, typer.Argument(help="yearly rate: 4.35% or 0.0435")],
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
    form: Annotated[Literal["table", "json", "csv", "xlsx"], typer.Option("--format", help="how to answer")] = "table",
    out: Annotated[Path | None, typer.Option(help="the file to write; needed for xlsx")] = None,
    language: Annotated[LANGUAGE, typer.Option(help="language of the heads")] = "en",
) -> None:
    """Reckon the repayment schedule of a loan. Needs no database.

    talentbank schedule 15,000,000 4.35% 36 --method equal_principal --start 2012-11-07
    """
    monthly = method is RepaymentMethod.INTEREST_FIRST
    begin = day(start) or today(load())
    try:
        terms = Terms(
            principal_fen=read_amount(amount).fen,
            rate_ppm=read_rate(rate).ppm,
            start=begin,
            maturity=add_months(begin, months),
            method=method,
            day_basis=day_basis,
            settle_freq=settle or (Frequency.MONTH if monthly else None),
            settle_day=settle_day if settle or monthly else None,
            plan=tuple(_planned(line) for line in plan or ()),
        )
        made = schedule_of(terms, roll=lambda due: CHINA.rolled(due, roll))
    except TermsNotValid as error:
        raise typer.BadParameter(f"{error.field.removesuffix('_fen').removesuffix('_ppm')}: {error.reason}") from None
    with i18n.speaking(language):
        _WRITERS[form](terms, made, out)


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


def _planned(text: str) -> PlannedPrincipal:
    on, sign, amount = text.partition("=")
    due = day(on) if sign else None
    if due is None:
        raise typer.BadParameter(f"{repr(text)[:LONGEST_SHOWN]} is not DATE=AMOUNT such as 2013-11-07=500000")
    return PlannedPrincipal(due, read_amount(amount).fen)


def _rows(made: Schedule) -> list[tuple[int, date, date, Money, Money, Money, Money]]:
    return [
        (
            line.number,
            line.due_on,
            line.payable_on,
            Money(line.principal_fen),
            Money(line.interest_fen),
            Money(line.payment_fen),
            Money(line.balance_after_fen),
        )
        for line in made
    ]


def _as_table(terms: Terms, made: Schedule, out: Path | None) -> None:
    _refuse_file(out)
    rows: list[tuple[Any, ...]] = list(_rows(made))
    sums = [total(row[place] for row in rows) for place in (3, 4, 5)]
    console.say_table([_(head) for head in HEADS], [*rows, ("", _("总计"), "", *sums, "")], right=(0, 3, 4, 5, 6))


def _as_json(terms: Terms, made: Schedule, out: Path | None) -> None:
    _refuse_file(out)
    names = ("number", "due_on", "payable_on", "principal_fen", "interest_fen", "payment_fen", "balance_after_fen")
    console.say_json(
        {
            "principal_fen": terms.principal_fen,
            "rate_ppm": terms.rate_ppm,
            "method": terms.method,
            "start": terms.start,
            "maturity": terms.maturity,
            "total_interest_fen": made.total_interest_fen,
            "instalments": [dict(zip(names, row, strict=True)) for row in _rows(made)],
        }
    )


def _as_csv(terms: Terms, made: Schedule, out: Path | None) -> None:
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_(head) for head in HEADS])
    writer.writerows([_csv_cell(cell) for cell in row] for row in _rows(made))
    if out is None:
        sys.stdout.write(text.getvalue())
    else:
        out.write_bytes(text.getvalue().encode("utf-8-sig"))  # the mark by which Excel knows UTF-8


def _csv_cell(cell: int | date | Money) -> str:
    return str(cell.in_yuan()) if isinstance(cell, Money) else str(cell)


def _as_xlsx(terms: Terms, made: Schedule, out: Path | None) -> None:
    from reports.workbook import Column, Kind, workbook  # only this form needs it

    if out is None:
        raise typer.BadParameter("--out: a workbook needs a file to be written to")
    kinds = (Kind.COUNT, Kind.DATE, Kind.DATE, Kind.MONEY, Kind.MONEY, Kind.MONEY, Kind.MONEY)
    columns = [Column(_(head), kind) for head, kind in zip(HEADS, kinds, strict=True)]
    conditions = [
        (_("贷款金额"), Money(terms.principal_fen)),
        (_("年利率"), Rate(terms.rate_ppm)),
        (_("还款方式"), i18n.word(terms.method)),
        (_("起始日"), terms.start),
        (_("到期日"), terms.maturity),
    ]
    out.write_bytes(workbook(columns, _rows(made), conditions, _("还款计划")))
    console.err.print(f"{out} written.")


def _refuse_file(out: Path | None) -> None:
    if out is not None:
        raise typer.BadParameter("--out: only csv and xlsx are written to a file")


_WRITERS: dict[str, Callable[[Terms, Schedule, Path | None], None]] = {
    "table": _as_table,
    "json": _as_json,
    "csv": _as_csv,
    "xlsx": _as_xlsx,
}
