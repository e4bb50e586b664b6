"""docs/lives.md: the life of everything that has a stage, as a diagram and as the table that the program obeys."""

from __future__ import annotations

from models import glossary
from models.states.lives import LIVES
from models.states.machine import Life, Move
from talentbank.handbook.markdown import head, table


def page() -> str:
    """The page as Markdown."""
    text = (
        "Every move of every life: who may make it, from where to where, and who has to be somebody else. Buttons,"
        " permissions and the journal come from these tables; only `workflows/moves.py` sets a stage. *Apart from* names"
        " earlier acts of the same case whose hand may not make this move (审贷分离, TB-09); there is no super-user."
    )
    return "\n".join((head("Lives", text), *(_life(life) for life in LIVES.values())))


def _life(life: Life) -> str:
    zh, en = glossary.term(life.subject), glossary.term(life.subject, "en")
    columns = ("Act", "From", "To", "Who", "Apart from", "Reason")
    moves = table(columns, [_row(life, move) for move in life.moves])
    return f"## {en} {zh}\n\n{diagram(life)}\n{moves}"


def diagram(life: Life) -> str:
    """The life as a Mermaid state diagram: stages by their stored words, moves by their verbs."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {stage.value} : {glossary.term(stage, 'en')} {glossary.term(stage)}" for stage in life.stages]
    lines.append(f"    [*] --> {next(iter(life.stages)).value}")
    lines += [f"    {move.source} --> {move.target} : {move.verb}" for move in life.moves]
    left = {move.source for move in life.moves}
    lines += [f"    {stage.value} --> [*]" for stage in life.stages if stage not in left]
    return "\n".join([*lines, "```", ""])


def _row(life: Life, move: Move) -> tuple[str, ...]:
    act = f"{life.subject}.{move.verb}"
    return (
        f"`{move.verb}` {glossary.term(act, 'en')} {glossary.term(act)}",
        glossary.term(move.source, "en"),
        glossary.term(move.target, "en"),
        ", ".join(glossary.term(role, "en") for role in move.roles),
        ", ".join(f"`{act}`" for act in move.apart_from),
        "yes" if move.reason else "",
    )
