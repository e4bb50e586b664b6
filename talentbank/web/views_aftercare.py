"""What the pages of bad claims, equity and programmes share: which firms are invented, the journal of one row as a
timeline, the ways out of a bad claim side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from models.disposal import Strategy
from models.firm import Firm
from models.journal import JournalLine
from models.refusals import BadInput
from models.values.money import Money
from models.values.rate import Rate
from talentbank import figures, i18n
from talentbank.i18n import N_
from talentbank.web.desk import Desk
from talentbank.web.views_parties import invented

TONES = {
    "refuse": "bad",
    "write_off": "bad",
    "approve": "ok",
    "pay": "ok",
    "convert": "ok",
    "exit": "ok",
    "clear": "ok",
    "hand_over": "warn",
    "close": "plain",
}
NO_SUCH_FIRM = N_("没有找到这家企业，请填写登记的全称或统一社会信用代码")


def marks(session: Session, firm_ids: Iterable[int]) -> dict[int, str]:
    """The mark of invention of each of these firms: ``synthetic``, ``illustrative`` or nothing."""
    asked = set(firm_ids)
    if not asked:
        return {}
    return {firm.key: invented(firm) for firm in session.exec(select(Firm).where(col(Firm.id).in_(asked)))}


def firm_called(session: Session, text: str) -> Firm:
    """The firm of a full name or a credit code, as typed. Refuses with BadInput for the field `firm`."""
    text = text.strip()
    found = session.exec(
        select(Firm).where((col(Firm.name) == text) | (col(Firm.credit_code) == text.upper())).limit(2)
    ).all()
    if len(found) != 1:
        raise BadInput(field="firm", reason=NO_SUCH_FIRM)
    return found[0]


def history(desk: Desk, row: Any) -> list[dict[str, str]]:
    """What was done with one row, the newest first, in words."""
    query = select(JournalLine).where(JournalLine.subject == row.__tablename__, JournalLine.subject_id == row.key)
    lines = desk.session.exec(query.order_by(col(JournalLine.id).desc()))
    with desk.speaking():
        return [_happening(desk, line) for line in lines]


def _happening(desk: Desk, line: JournalLine) -> dict[str, str]:
    posts = " · ".join(i18n.word(one) for one in line.role.split(",") if one)
    moved = ""
    if line.target:
        source = i18n.stage(line.subject, line.source) or figures.MISSING
        moved = f"{source} → {i18n.stage(line.subject, line.target)}"
    return {
        "when": figures.moment(line.at, desk.settings.zone),
        "title": i18n.act(line.subject, line.verb),
        "who": f"{line.actor_name} · {posts}",
        "text": " · ".join(text for text in (moved, line.reason) if text),
        "tone": TONES.get(line.verb, "go" if line.target else "plain"),
    }


@dataclass(frozen=True, slots=True)
class Option:
    """One way out of a bad claim. `percent` is its present value against the best, for the length of a bar."""

    strategy: Strategy
    claim: Money
    recovery: Money
    cost: Money
    months: int
    discount: Rate
    present: Money
    percent: int
    best: bool
    chosen: bool


def options(compared: Iterable[Mapping[str, Any]], chosen: Strategy | None = None) -> list[Option]:
    """The comparison as it is kept with a case (`StrategyValue.plain`), the best first."""
    kept = sorted(compared, key=lambda one: -int(one["present"]))
    best = max((int(one["present"]) for one in kept), default=0)
    return [
        Option(
            strategy=Strategy(one["strategy"]),
            claim=Money(one["claim"]),
            recovery=Money(one["recovery"]),
            cost=Money(one["cost"]),
            months=int(one["months"]),
            discount=Rate(one["discount"]),
            present=Money(one["present"]),
            percent=max(int(one["present"]) * 100 // best, 0) if best > 0 else 0,
            best=place == 0,
            chosen=one["strategy"] == chosen,
        )
        for place, one in enumerate(kept)
    ]
