"""`talentbank report` and `export`: the bureau's figures, and every table as a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer
from sqlmodel import Session, SQLModel

from models import glossary
from models.base import FenColumn, InstantColumn, MoneyColumn, RateColumn
from models.journal import AuditLine
from models.refusals import NotThere
from models.roles import SYSTEM
from models.values.money import Money
from reports.exposure import exposure as exposure_of
from reports.workbook import Column, Kind, workbook
from talentbank.commands import console
from talentbank.commands.opening import asked_day, moment, opened
from talentbank.settings import load

report = typer.Typer(help="Figures from the books.", no_args_is_help=True)

SECRET = frozenset({"user_session", "once"})
"""Tables that are nobody's business."""

SECRET_COLUMNS = frozenset({"password_hash", "totp_secret", "totp_last_step"})
ROWS_AT_A_TIME = 1_000


@report.callback()
def _group() -> None:
    """Figures from the books."""


@report.command()
def exposure(
    on: Annotated[str | None, typer.Option(metavar="DATE", help="the business date if not given")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="answer with one JSON document")] = False,
) -> None:
    """What the funds are exposed to: totals, classes, limits and how close they are.

    Exit status 1 if a figure does not reconcile with the ledger.
    """
    settings = load()
    with opened(settings) as database, database.read() as session:
        made = exposure_of(session, on=asked_day(session, settings, on))
    if as_json:
        console.say_json(
            {
                "on": made.on,
                "run_through": made.run_through,
                "commitment_fen": made.commitment,
                "drawn_fen": made.drawn,
                "outstanding_fen": made.outstanding,
                "undrawn_fen": made.undrawn,
                "loans": made.loans,
                "firms": made.firms,
                "non_performing_fen": made.non_performing,
                "bridges_out_fen": made.bridges_out,
                "limits": [
                    {
                        "name": one.name,
                        "rule": one.rule,
                        "used": str(one.used),
                        "limit": str(one.limit),
                        "unit": one.unit,
                    }
                    for one in made.limits
                ],
                "differences": made.differences,
            }
        )
    else:
        _say_exposure(made)
    if made.differences:
        raise typer.Exit(1)


def _say_exposure(made: Any) -> None:
    console.say_table(
        (f"on {made.on}", "CNY"),
        [
            ("commitments", made.commitment),
            ("drawn", made.drawn),
            ("outstanding", made.outstanding),
            ("promised, not drawn", made.undrawn),
            ("non-performing", made.non_performing),
            ("bridges out", made.bridges_out),
        ],
        right=(1,),
    )
    console.out.print(f"{made.loans:,} loan(s) to {made.firms:,} firm(s)")
    console.say_table(
        ("limit", "rule", "used", "how near"),
        [(one.name, one.rule, f"{float(one.share):.1%}", one.nearness.value) for one in made.limits],
        right=(2,),
    )
    for what, difference in made.differences:
        console.err.print(f"does not reconcile: {what}: {difference}", markup=False)


def export(
    folder: Annotated[Path, typer.Argument(help="the folder to write into; it is made if missing")],
    table: Annotated[list[str] | None, typer.Option(help="a table; repeatable; every table if left out")] = None,
    form: Annotated[Literal["csv", "json", "xlsx"], typer.Option("--format", help="the form of the files")] = "csv",
) -> None:
    """Write tables as files, one for each, all as of the same moment. Sealed numbers and passwords stay out.

    CSV and JSON hold what the rows hold: money in fen, rates in parts per million. A workbook shows yuan, per
    cent and the time of the bank's zone.
    """
    tables = SQLModel.metadata.tables
    for name in table or ():
        if name not in tables or name in SECRET:
            raise NotThere(what=name)
    names = table or sorted(name for name in tables if name not in SECRET)
    folder.mkdir(parents=True, exist_ok=True)
    with opened() as database:
        with database.write() as session:
            subject = ", ".join(names)[:120]
            session.add(AuditLine(at=moment(), actor_id=SYSTEM.user_id, act="export", subject=subject, detail=form))
        with database.read() as session, console.progress("writing", len(names)) as advance:
            for name in names:
                file = folder / f"{name}.{form}"
                half = file.with_name(f".{file.name}.half")
                _FORMS[form](session, tables[name], half)
                half.replace(file)
                advance(1, name)
    console.out.print(f"{len(names)} table(s) written to {folder}.")


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    return [one for one in table.columns if one.name not in SECRET_COLUMNS and not isinstance(one.type, sa.LargeBinary)]


def _rows(session: Session, table: sa.Table) -> Iterator[tuple[Any, ...]]:
    query = sa.select(*_columns(table)).order_by(*table.primary_key.columns)
    for row in session.execute(query, execution_options={"yield_per": ROWS_AT_A_TIME}):
        yield tuple(row)


def _as_csv(session: Session, table: sa.Table, file: Path) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([column.name for column in _columns(table)])
        for row in _rows(session, table):
            writer.writerow([_csv_cell(console.plain(cell)) for cell in row])


def _csv_cell(cell: Any) -> Any:
    """Nothing that a spreadsheet would run: a text that starts like a formula gets a quote before it."""
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell


def _as_json(session: Session, table: sa.Table, file: Path) -> None:
    names = [column.name for column in _columns(table)]
    with file.open("w", encoding="utf-8") as out:
        out.write("[")
        for place, row in enumerate(_rows(session, table)):
            cells = {name: console.plain(cell) for name, cell in zip(names, row, strict=True)}
            out.write((",\n" if place else "\n") + json.dumps(cells, ensure_ascii=False))
        out.write("\n]\n")


def _as_xlsx(session: Session, table: sa.Table, file: Path) -> None:
    of = _columns(table)
    zone = load().zone
    rows = ([_sheet_cell(*pair, zone) for pair in zip(of, row, strict=True)] for row in _rows(session, table))
    columns = [Column(column.name, _kind(column)) for column in of]
    file.write_bytes(workbook(columns, rows, [("table", table.name)], glossary.term(table.name)))


def _kind(column: sa.Column[Any]) -> Kind:
    return next((kind for of, kind in _KINDS if isinstance(column.type, of)), Kind.TEXT)


def _sheet_cell(column: sa.Column[Any], cell: Any, zone: ZoneInfo) -> Any:
    if isinstance(column.type, FenColumn) and cell is not None:
        return Money(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(zone)
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False)[:32_000]
    return cell


_KINDS: tuple[tuple[type[Any], Kind], ...] = (
    (FenColumn, Kind.MONEY),
    (MoneyColumn, Kind.MONEY),
    (RateColumn, Kind.RATE),
    (InstantColumn, Kind.MOMENT),
    (sa.Date, Kind.DATE),
)
_FORMS: dict[str, Callable[[Session, sa.Table, Path], None]] = {"csv": _as_csv, "json": _as_json, "xlsx": _as_xlsx}
