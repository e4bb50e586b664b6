"""`talentbank verify`: the proof of the books."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from reports.proof import prove
from talentbank.commands import console
from talentbank.commands.opening import opened


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="answer with one JSON document")] = False,
) -> None:
    """Prove the books: entries balance, balances equal legs, mirrors are nought, chains whole, no limit broken.

    Exit status 0 only if everything holds; otherwise the first bad rows are named.
    """
    with opened() as database, database.read() as session:
        said = None if as_json else lambda name: console.err.print(f"checking {name} …")
        proof = prove(session, progress=said)
    if as_json:
        console.say_json({"holds": proof.holds, **asdict(proof)})
    elif proof.holds:
        console.out.print(
            f"The books hold: {proof.entries:,} entries, {proof.legs:,} legs, {len(proof.checks)} checks."
        )
        console.say_table(
            ("book", "entries", "anchor (keep it outside)"),
            [(book, f"{seq:,}", digest) for book, (seq, digest) in proof.heads.items()],
            right=(1,),
        )
    else:
        console.say_table(("check", "row", "what is wrong"), [(f.check, f.row, f.what) for f in proof.findings])
        console.fail(f"the books do not hold: {len(proof.findings)} finding(s); the first is {proof.findings[0].row}")
    if not proof.holds:
        raise typer.Exit(1)
