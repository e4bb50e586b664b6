"""What the bureau's page shows, in ready words, figures and chart options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from models.firm import Industry
from models.lending.ageing import FiveClass
from models.queries.exposure import Share
from models.values.money import Money
from reports.exposure import ChainLine, ExposureReport, LimitLine, Nearness
from talentbank import figures, i18n
from talentbank.i18n import N_

LIMIT_NAMES = {
    "fund_single_cap": N_("单户金额上限"),
    "fund_single_share": N_("单户占统贷资金"),
    "bank_single": N_("单户占银行资本"),
    "industry": N_("单一行业集中度"),
    "guarantee_multiple": N_("担保放大倍数"),
    "guarantee_single": N_("担保单户集中度"),
    "bridge_use": N_("转贷资金占用"),
    "non_performing": N_("不良贷款率"),
}
CHAIN_NAMES = {
    "compensation": (N_("担保代偿"), "shield-check"),
    "bridged": (N_("转贷周转"), "arrows-exchange"),
    "handed_over": (N_("资产管理处置"), "recycle"),
    "converted": (N_("债权转股权"), "scale"),
    "capitalised": (N_("财政补助转注资"), "coin"),
}
UNKNOWN_WORD = N_("未注明")


@dataclass(frozen=True, slots=True)
class LimitView:
    """One limit as a bar."""

    label: str
    who: str
    text: str
    percent: float
    href: str
    near: bool
    breached: bool
    rule: str


def limit(line: LimitLine) -> LimitView:
    """A limit's bar; the language is the one now spoken."""
    used, allowed = _measure(line, line.used), _measure(line, line.limit)
    who = i18n.word(Industry(line.subject)) if line.name == "industry" and line.subject else line.subject
    return LimitView(
        label=i18n.gettext(LIMIT_NAMES[line.name]),
        who=who,
        text=f"{used} / {allowed}",
        percent=float(line.share * 100),
        href=line.drill,
        near=line.nearness is Nearness.NEAR,
        breached=line.nearness is Nearness.BREACHED,
        rule=line.rule,
    )


def _measure(line: LimitLine, number: Fraction) -> str:
    if line.unit == "fen":
        return figures.money(Money(int(number)), i18n.language(), 0)
    if line.unit == "times":
        return figures.times(number, i18n.language())
    return figures.pct(number)


@dataclass(frozen=True, slots=True)
class ShareView:
    """One line of a breakdown."""

    label: str
    loans: int
    amount: Money
    share: str
    percent: float
    href: str


def shares(
    found: Iterable[Share], whole: Money, field: str, words: Callable[[str], StrEnum] | None = None
) -> list[ShareView]:
    """A breakdown's lines, each leading to its loans; `words` is the enumeration of the dimension, if it has one."""
    return [
        ShareView(
            label=_label(one.word, words),
            loans=one.loans,
            amount=one.amount,
            share=figures.pct(Fraction(one.amount.fen, whole.fen) if whole else 0, 1),
            percent=float(Fraction(one.amount.fen * 100, whole.fen)) if whole else 0.0,
            href="/loans?" + urlencode({field: one.word}),
        )
        for one in found
    ]


def _label(word: str, words: Callable[[str], StrEnum] | None) -> str:
    if not word:
        return i18n.gettext(UNKNOWN_WORD)
    return word if words is None else i18n.word(words(word))


@dataclass(frozen=True, slots=True)
class ChainView:
    """One link of the chain behind bad loans."""

    label: str
    icon: str
    count: int
    amount: Money
    href: str


def chain(found: Iterable[ChainLine]) -> list[ChainView]:
    """This year's links."""
    return [
        ChainView(i18n.gettext(CHAIN_NAMES[one.link][0]), CHAIN_NAMES[one.link][1], one.count, one.amount, one.drill)
        for one in found
    ]


def months_chart(report: ExposureReport) -> tuple[str, Mapping[str, Any]]:
    """The finding in a sentence, and the chart of principal, bridges and the bad share by month."""
    labels = [point.on.strftime("%y-%m") for point in report.months]
    first, last = report.months[0], report.months[-1]
    finding = i18n.gettext(
        "近 %(months)s 个月贷款余额由 %(first)s 变为 %(last)s，统贷资金上限 %(cap)s，不良率 %(bad)s",
        months=len(report.months),
        first=first.outstanding,
        last=last.outstanding,
        cap=report.commitment,
        bad=figures.pct(report.non_performing_ratio),
    )
    unit = 100_000_000 if i18n.language() == "en" else 10_000_000_000
    series = [
        {"name": i18n.gettext("贷款余额"), "data": [_scaled(point.outstanding, unit) for point in report.months]},
        {"name": i18n.gettext("转贷在途"), "data": [_scaled(point.bridges, unit) for point in report.months]},
        {
            "name": i18n.gettext("不良率（右轴，%）"),
            "data": [
                None if p.non_performing is None else round(float(p.non_performing) * 100, 2) for p in report.months
            ],
            "line": True,
            "right": True,
        },
    ]
    cap = {"label": i18n.gettext("统贷资金 %(cap)s", cap=report.commitment), "value": _scaled(report.commitment, unit)}
    return finding, {"kind": "bars", "labels": labels, "series": series, "limit": cap, "stacked": True}


def classes_chart(report: ExposureReport) -> Mapping[str, Any]:
    """The ring of the five classes."""
    return {
        "kind": "ring",
        "labels": [i18n.word(FiveClass(share.word)) for share in report.by_class],
        "data": [float(share.amount.in_yuan()) for share in report.by_class],
        "centre": figures.yi(report.outstanding, i18n.language()) + "\n" + figures.unit("yi", i18n.language()),
    }


def bars_chart(found: list[ShareView]) -> tuple[str, Mapping[str, Any]]:
    """A breakdown as bars, with its finding."""
    unit = 100_000_000 if i18n.language() == "en" else 10_000_000_000
    finding = "；".join(f"{one.label} {figures.money(one.amount, i18n.language())}" for one in found)
    data = [_scaled(one.amount, unit) for one in found]
    return finding, {"kind": "hbars", "labels": [one.label for one in found], "data": data, "width": 120}


def _scaled(amount: Money, unit: int) -> float:
    return float(round(Decimal(amount.fen) / unit, 4))


def used_parts(report: ExposureReport) -> list[tuple[str, Money, float]]:
    """What of the commitments is lent, promised and free, with its share in per cent."""
    whole = max(report.commitment.fen, 1)
    parts = (
        (i18n.gettext("已投放"), report.outstanding),
        (i18n.gettext("已批未放"), report.undrawn),
        (i18n.gettext("可用"), report.available),
    )
    return [(label, amount, round(min(100.0, amount.fen * 100 / whole), 1)) for label, amount in parts]
