"""`talentbank score`, `decide` and `replay`: what the bank would say about an application, and whether it still would."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Decision
from models.policies.rules import CreditRules
from models.queries.rules import rules_in_force
from models.refusals import NotThere
from models.values.money import Money
from models.values.rate import Rate
from scoring.sheet import score_snapshot
from talentbank.commands import console
from talentbank.commands.opening import asked_day, opened
from talentbank.settings import load
from workflows import scoring_desk
from workflows.offering import propose_offer
from workflows.replaying import replay as replay_decision

NUMBER = Annotated[str, typer.Argument(metavar="NUMBER", help="the application's number")]
ON = Annotated[str | None, typer.Option(metavar="DATE", help="as on this day; the business date if not given")]
JSON = Annotated[bool, typer.Option("--json", help="answer with one JSON document")]


def score(number: NUMBER, on: ON = None, as_json: JSON = False) -> None:
    """Score an application as it stands, with reasons. Nothing is written: filing a sheet is the officer's act."""
    settings = load()
    with opened(settings) as database, database.read() as session:
        application = _application(session, number)
        at = asked_day(session, settings, on)
        rules = rules_in_force(session, CreditRules, at)
        scores = score_snapshot(scoring_desk.snapshot_of(session, application, at), rules=rules)
    stops = [{"code": stop.value, "facts": facts} for stop, facts in scores.stops]
    if as_json:
        reasons = [reason.as_dict() for reason in scores.reasons]
        console.say_json({"number": number, "on": at, **scores.figures, "stops": stops, "reasons": reasons})
        return
    console.out.print(
        f"{number} on {at}: {scores.points} points, grade {scores.grade}, default rate {scores.default_rate}"
    )
    console.say_table(
        ("side", "points"),
        [
            ("intellectual property", scores.ip.points),
            ("reputation", scores.reputation.points),
            ("firm", scores.firm.points),
        ],
        right=(1,),
    )
    console.say_table(
        ("reason", "points", "of", "facts"),
        [(one.code, one.points, one.most, _facts(one.facts)) for one in scores.reasons],
        right=(1, 2),
    )
    for stop in stops:
        console.out.print(f"stopped: {stop['code']} {_facts(stop['facts'])}", markup=False)


def decide(number: NUMBER, on: ON = None, as_json: JSON = False) -> None:
    """Say what could be offered to an application after its opinion, each part with its formula. Nothing is written."""
    settings = load()
    with opened(settings) as database, database.read() as session:
        application = _application(session, number)
        at = asked_day(session, settings, on)
        offer = propose_offer(session, application=application, on=at)
    if as_json:
        console.say_json({"number": number, "on": at, **offer.as_dict()})
        return
    console.out.print(
        f"{number} on {at}: CNY {offer.amount} at {offer.rate} for {offer.term_months} months, grade {offer.grade};"
        f" bound by {offer.binding}"
    )
    console.say_table(
        ("ceiling", "CNY", "formula"),
        [(one.name, "does not apply" if one.amount is None else one.amount, one.formula) for one in offer.parts],
        right=(1,),
    )
    console.say_table(
        ("price", "a year", "formula"),
        [(one.name, Rate(one.ppm), one.formula) for one in offer.price_parts],
        right=(1,),
    )
    for warning in offer.warnings:
        console.out.print(f"look at: {warning}", markup=False)


def replay(
    number: Annotated[
        str | None, typer.Argument(metavar="[NUMBER]", help="a decision's number; all if left out")
    ] = None,
    as_json: JSON = False,
) -> None:
    """Replay decisions from the inputs and versions that were kept: each must give the same offer to the fen.

    Exit status 0 only if every one does.
    """
    with opened() as database, database.read() as session:
        query = select(Decision).order_by(col(Decision.id))
        found = list(session.exec(query if number is None else query.where(Decision.number == number)))
        if number is not None and not found:
            raise NotThere(what=number)
        results: list[dict[str, Any]] = []
        with console.progress("replaying", len(found)) as advance:
            for row in found:
                result = replay_decision(session, row)
                results.append(
                    {
                        "number": row.number,
                        "same": result.same,
                        "differences": [asdict(one) for one in result.differences],
                    }
                )
                advance()
    unlike = [one for one in results if not one["same"]]
    if as_json:
        console.say_json({"decisions": len(results), "same": len(results) - len(unlike), "unlike": unlike})
    else:
        console.say_table(
            ("decision", "what differs", "stored", "now"),
            [(one["number"], d["name"], d["stored"], d["again"]) for one in unlike for d in one["differences"]],
        )
        console.out.print(f"{len(results) - len(unlike)} of {len(results)} decision(s) replay to the fen.")
    if unlike:
        raise typer.Exit(1)


def _application(session: Session, number: str) -> Application:
    row = session.exec(select(Application).where(Application.number == number)).first()
    if row is None:
        raise NotThere(what=number)
    return row


def _facts(facts: Any) -> str:
    return ", ".join(f"{name} {_fact(name, value)}" for name, value in facts.items())


def _fact(name: str, value: Any) -> str:
    if name.endswith("_fen") and isinstance(value, int):
        return f"CNY {Money(value)}"
    if name.endswith("_ppm") and isinstance(value, int):
        return str(Rate(value))
    return str(value)
