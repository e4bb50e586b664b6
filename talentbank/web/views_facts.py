"""What the page of a loan's special facts shows: corrections told in a sentence, rates, diverted use, bankruptcy."""

from __future__ import annotations

from datetime import date

from models.loan_facts import LoanAdjustment
from models.values.money import Money
from talentbank import figures, i18n
from talentbank.i18n import N_

CAUSES = {
    "receipt": N_("还款 %(cause)s 自 %(day)s 起算"),
    "reversal": N_("还款 %(cause)s（%(day)s）冲正"),
    "rate": N_("自 %(day)s 起年利率为 %(cause)s"),
    "diversion": N_("自 %(day)s 起挪用 %(cause)s"),
    "diversion_end": N_("自 %(day)s 起挪用 %(cause)s 已整改"),
    "bankruptcy": N_("法院于 %(day)s 受理破产申请（%(cause)s）"),
}


def told(kind: str, cause: str, day: date) -> str:
    """What was heard of late."""
    return i18n.gettext(CAUSES[kind], cause=cause, day=figures.day(day))


def deltas(interest: int, penalty: int, compound: int, principal: int) -> str:
    """By how much interest, penalty, compound interest and principal differ, in fen; what does not differ is left out."""
    parts = [
        f"{i18n.gettext(label)} {'+' if fen > 0 else '−'}{figures.full(Money(abs(fen)), i18n.language())}"
        for label, fen in (
            (N_("利息"), interest),
            (N_("罚息"), penalty),
            (N_("复利"), compound),
            (N_("本金"), principal),
        )
        if fen
    ]
    return "；".join(parts) if i18n.language() == "zh" else "; ".join(parts)


def sentence(row: LoanAdjustment) -> tuple[str, str]:
    """A correction as its cause and what it changed."""
    cause = told(row.kind, row.cause, row.value_on)
    return cause, deltas(row.interest_fen, row.penalty_fen, row.compound_fen, row.principal_fen)
