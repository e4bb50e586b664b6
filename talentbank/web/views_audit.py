"""What the auditor reads: moves and reads in words, each leading to the page of what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from models import glossary
from models.application import Application
from models.bridge import Bridge
from models.disposal import DisposalCase
from models.equity import Holding
from models.facility import Drawing, Facility
from models.guarantee import Claim, Guarantee
from models.journal import AuditLine, JournalLine
from models.loan import Contract, Loan
from models.review import Opinion
from models.roles import Role
from models.versions import RuleSet
from talentbank import figures, i18n
from talentbank.i18n import N_

NUMBERED: dict[str, tuple[type[Any], str]] = {
    "application": (Application, "/applications/"),
    "contract": (Contract, "/contracts/"),
    "loan": (Loan, "/loans/"),
    "guarantee": (Guarantee, "/guarantees/"),
    "claim": (Claim, "/claims/"),
    "bridge": (Bridge, "/bridges/"),
    "disposal_case": (DisposalCase, "/disposals/"),
    "holding": (Holding, "/holdings/"),
    "facility": (Facility, "/facilities/"),
    "drawing": (Drawing, "/drawings/"),
    "opinion": (Opinion, "/opinions/"),
}
"""Things with a number and a page of their own under it."""

BY_ID = {"talent": "/talents/", "firm": "/firms/", "ip_asset": "/assets/", "panel": "/panels/"}
"""Things whose page is found by their id."""

ACTS = {
    "sign_in": N_("登录"),
    "sign_out": N_("退出"),
    "export": N_("导出"),
    "search": N_("搜索"),
    "talent.read": N_("查看人才档案"),
    "identity.read": N_("查看证件号码"),
    "firm.read": N_("查看企业档案"),
    "application.read": N_("查看申请卷宗"),
    "documents.list": N_("查看材料清单"),
    "document.read": N_("查看材料"),
    "review.read": N_("查看评审材料"),
    "decision.read": N_("查看决策资料"),
    "opinion.read": N_("查看意见书"),
    "opinion.export": N_("下载意见书"),
    "schedule.print": N_("打印还款计划"),
    "books.prove": N_("核验账簿"),
    "user_add": N_("开立账号"),
    "user_posts": N_("调整岗位"),
    "user_passwd": N_("重设密码"),
    "user_open": N_("恢复账号"),
    "user_close": N_("停用账号"),
}
CHECKS = {
    "chain": (N_("哈希链"), N_("每笔分录的哈希依次相接，未被改动")),
    "entries": (N_("分录"), N_("每笔分录在各自账簿内借贷相等")),
    "balances": (N_("余额"), N_("账户余额等于分录之和")),
    "days": (N_("日余额"), N_("每日余额等于截至当日的分录之和")),
    "limits": (N_("限额"), N_("没有账户越过其上下限")),
    "holds": (N_("预占"), N_("账户预占等于未使用的预占之和")),
    "mirrors": (N_("往来"), N_("各账簿之间的往来两两相等")),
    "closes": (N_("结账"), N_("已结账期间没有变动")),
    "sub-ledgers": (N_("分户账"), N_("贷款、担保、转贷等台账与总账一致")),
    "exposure": (N_("敞口汇总"), N_("监测页面的汇总数与明细一致")),
}
"""What the proof of the books checks, in the order it does: name and meaning."""


@dataclass(frozen=True, slots=True)
class JournalView:
    """One move, in words."""

    line: JournalLine
    act: str
    thing: str
    href: str
    change: str
    role: str


def journal(session: Session, lines: Iterable[JournalLine]) -> list[JournalView]:
    """Lines of the journal in the language now spoken, each with the thing it is about."""
    found = list(lines)
    numbers = _numbers(session, found)
    rules = _rule_sets(session, found)
    views = []
    for line in found:
        thing, href = numbers.get((line.subject, line.subject_id), ("", "")) or ("", "")
        if line.subject in BY_ID:
            href = f"{BY_ID[line.subject]}{line.subject_id}"
        if line.subject == "rule_set" and line.subject_id in rules:
            row = rules[line.subject_id]
            thing, href = row.version, f"/rules/{row.kind}/{row.key}"
        noun = i18n.word(line.subject)
        if not href and line.case.startswith("application:"):
            number, href = numbers.get(("application", int(line.case.partition(":")[2])), ("", ""))
            noun, thing = f"{noun} ·", number
        views.append(
            JournalView(
                line=line,
                act=i18n.act(line.subject, line.verb),
                thing=f"{noun} {thing or '#' + str(line.subject_id)}",
                href=href,
                change=_change(line),
                role=_role(line.role),
            )
        )
    return views


def _change(line: JournalLine) -> str:
    if not line.target or line.source == line.target:
        return ""
    source = i18n.stage(line.subject, line.source) if line.source else figures.MISSING
    return f"{source} → {i18n.stage(line.subject, line.target)}"


def _role(words: str) -> str:
    known = [Role(word) for word in words.split(",") if word in set(Role)]
    return i18n.said(tuple(known)) if known else words


def _numbers(session: Session, lines: list[JournalLine]) -> dict[tuple[str, int], tuple[str, str]]:
    """Number and address of everything numbered that the lines are about, and of the applications of their cases."""
    wanted: dict[str, set[int]] = {}
    for line in lines:
        if line.subject in NUMBERED:
            wanted.setdefault(line.subject, set()).add(line.subject_id)
        if line.case.startswith("application:"):
            wanted.setdefault("application", set()).add(int(line.case.partition(":")[2]))
    found: dict[tuple[str, int], tuple[str, str]] = {}
    for subject, ids in wanted.items():
        kind, address = NUMBERED[subject]
        for key, number in session.exec(select(kind.id, kind.number).where(col(kind.id).in_(ids))):
            found[subject, key] = (number, f"{address}{number}")
    return found


def _rule_sets(session: Session, lines: list[JournalLine]) -> dict[int, RuleSet]:
    ids = {line.subject_id for line in lines if line.subject == "rule_set"}
    if not ids:
        return {}
    return {row.key: row for row in session.exec(select(RuleSet).where(col(RuleSet.id).in_(ids)))}


@dataclass(frozen=True, slots=True)
class AuditView:
    """One read or export, in words."""

    line: AuditLine
    who: str
    act: str
    detail: str


def audit(rows: Iterable[tuple[AuditLine, str]]) -> list[AuditView]:
    """Lines of the audit in the language now spoken."""
    return [AuditView(line, name or i18n.word(Role.SYSTEM), act(line.act), _detail(line)) for line, name in rows]


def act(word: str) -> str:
    """What an act of the audit is called."""
    return i18n.gettext(ACTS[word]) if word in ACTS else word


def _detail(line: AuditLine) -> str:
    if line.act in ("user_add", "user_posts"):
        sides = line.detail.split(" > ")
        return " → ".join(
            "、".join(i18n.word(Role(one)) if one in set(Role) else one for one in side.split(", ")) for side in sides
        )
    return line.detail


def nouns(subjects: Iterable[str]) -> list[tuple[str, str]]:
    """The things of the journal as the options of a filter."""
    return [(subject, i18n.word(subject) if glossary.names_of(subject) else subject) for subject in subjects]
