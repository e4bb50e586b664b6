"""`talentbank init`, `demo` and `serve`: making a bank, showing one, running one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import col, select

from models.user import User
from talentbank import schema
from talentbank.commands import console
from talentbank.commands.opening import moment, today
from talentbank.database import Database, DatabaseUnusable
from talentbank.settings import Settings, load
from workflows import rulemaking

DEMO_FILE = Path("var/demo/talentbank.db")
DEMO_DOCUMENTS = Path("var/demo/documents")
LOCAL = "127.0.0.1"
PORT = 8000
ANY_PORT = typer.Option(min=0, max=65535, help="the port to listen on")


def init(
    demo: Annotated[bool, typer.Option("--demo", help="fill the new bank with invented, labelled data")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="answer with one JSON document")] = False,
) -> None:
    """Make the configured database, or bring it to this program's version, and lay the first rules.

    May be run again at any time: what is there stays. TALENTBANK_DATABASE_URL says where the database is.
    """
    settings = load()
    database = Database(settings.database_url, create=True)
    try:
        before = schema.version(database)
        if demo and before is not None:
            raise DatabaseUnusable("invented data go only into a new database: choose another TALENTBANK_DATABASE_URL")
        schema.upgrade(database)
        if demo:
            _fill(database, settings)
        with database.write() as session:
            laid = [row.version for row in rulemaking.lay_first_rules(session, on=today(settings), at=moment())]
        with database.read() as session:
            staffed = session.exec(select(User.id).limit(1)).first() is not None
    finally:
        database.dispose()
    if as_json:
        console.say_json({"before": before, "now": schema.newest(), "rules_laid": laid, "demo": demo})
        return
    console.out.print(f"The bank is at version {schema.newest()}" + (f" (was {before})." if before else " (new)."))
    if not staffed:
        console.out.print("Nobody can sign in yet: `talentbank user add ACCOUNT --role administrator`.")


def demo(
    port: Annotated[int, ANY_PORT] = PORT,
    host: Annotated[str, typer.Option(help="the address to listen on")] = LOCAL,
    fresh: Annotated[bool, typer.Option("--fresh", help="throw the last demonstration away and build it anew")] = False,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="serve it after building it")] = True,
) -> None:
    """Show the bank with invented, labelled data, in a database of its own under var/demo (SQLite).

    The data are built once and kept; your real database is never touched.
    """
    settings = load().model_copy(
        update={
            "database_url": f"sqlite:///{DEMO_FILE}",
            "documents_dir": DEMO_DOCUMENTS,
            "demo": True,
        }
    )
    if fresh or not _usable_demo(settings):
        _build_demo(settings)
    if serve:
        _serve(settings, host, port, clock=False)


def serve(
    port: Annotated[int, ANY_PORT] = PORT,
    host: Annotated[str, typer.Option(help="the address to listen on")] = LOCAL,
    clock: Annotated[bool, typer.Option("--clock", help="also run the timetable: end of day, backup, proof")] = False,
) -> None:
    """Serve the pages of the configured bank. One process may also run the clock."""
    _serve(load(), host, port, clock=clock)


def _serve(settings: Settings, host: str, port: int, *, clock: bool) -> None:
    import uvicorn  # only a serving process needs the web

    from talentbank import scheduler
    from talentbank.web.app import create_app

    database = Database(settings.database_url)
    schema.refuse_other_version(database)
    app = create_app(settings, database)
    ticking: Any = scheduler.start(database, settings, moment) if clock else None
    console.err.print(f"The talent bank is open at http://{host}:{port} (stop it with Ctrl+C).")
    try:
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, access_log=False)
    finally:
        if ticking is not None:
            ticking.shutdown()
        database.dispose()


def _fill(database: Database, settings: Settings) -> None:
    from talentbank.demo import build, days_to_play  # invented data are no part of a working bank

    day = today(settings)
    with console.progress("playing the pilot and a synthetic district", days_to_play(day)) as advance:
        build(database, settings, today=day, advance=advance)


def _usable_demo(settings: Settings) -> bool:
    """Whether the last demonstration stands complete and has this program's version."""
    if not DEMO_FILE.exists():
        return False
    database = Database(settings.database_url)
    try:
        schema.refuse_other_version(database)
        with database.read() as session:
            return session.exec(select(col(User.id)).limit(1)).first() is not None
    except DatabaseUnusable as reason:
        console.err.print(f"The last demonstration is thrown away: {reason}", markup=False, soft_wrap=True)
        return False
    finally:
        database.dispose()


def _build_demo(settings: Settings) -> None:
    """Build aside and put in place when complete, so that a build that was stopped leaves no half demonstration."""
    half = DEMO_FILE.parent.with_name("demo.half")
    shutil.rmtree(half, ignore_errors=True)
    aside = settings.model_copy(
        update={"database_url": f"sqlite:///{half / DEMO_FILE.name}", "documents_dir": half / DEMO_DOCUMENTS.name}
    )
    database = Database(aside.database_url, create=True, durable=False)
    try:
        schema.upgrade(database)
        _fill(database, aside)
    finally:
        database.dispose()
    shutil.rmtree(DEMO_FILE.parent, ignore_errors=True)
    half.rename(DEMO_FILE.parent)
