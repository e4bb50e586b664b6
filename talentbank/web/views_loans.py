"""What the pages of loans show: the story in words, schedule, receipts, what is owed, what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.books.recipes import RECIPES
from models.firm import Firm
from models.guarantee import Guarantee
from models.lending.ageing import FiveClass
from models.loan import Contract, Instalment, Loan, PayOut, Receipt, ReceiptPart
from models.queries.loans import StoryLine, loan_story
from models.queries.owed import Owed, owed
from models.talent import Talent
from models.user import User
from models.values.money import ZERO, Money
from talentbank import figures, i18n
from talentbank.i18n import N_
from talentbank.web import views_facts
from talentbank.web.desk import Desk

REASONS = {
    "days_past_due": N_("逾期天数"),
    "diverted": N_("挪用"),
    "repaid_by_new_borrowing": N_("借新还旧"),
    "bad_debt_elsewhere": N_("在他行有不良"),
    "credit_impaired": N_("已发生信用减值"),
    "debts_over_90": N_("全部债务逾期占比"),
    "own_non_performing": N_("本行债权不良占比"),
    "evades_debts": N_("逃废债务"),
    "expected_loss_doubtful": N_("预期损失"),
    "expected_loss_loss": N_("预期损失"),
    "bankrupt": N_("破产"),
}
TONES = {"move": "go", "posting": "plain", "receipt": "ok", "class": "warn"}
QUIET = frozenset({"interest_accrued", "allowance_raised", "allowance_lowered", "guarantee_fee_earned"})
"""Postings of many loans at once, which say nothing of this one."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline, in words."""

    when: str
    title: str
    who: str
    text: str
    tone: str
    href: str


def story(desk: Desk, loan: Loan) -> list[Happening]:
    """Everything that happened around a loan, the newest first."""
    with i18n.speaking(desk.lang):
        return [_happening(line) for line in reversed(loan_story(desk.session, loan)) if line.what not in QUIET]


def _happening(line: StoryLine) -> Happening:
    when = figures.day(line.on)
    match line.kind:
        case "move":
            title = i18n.act(line.subject, line.what)
            target = line.facts["target"]
            who = i18n.said(line.actor)
            if target and target != line.facts["source"]:
                title = f"{title} → {i18n.stage(line.subject, target)}"
            return Happening(when, title, who, i18n.said(str(line.facts["reason"])), TONES["move"], "")
        case "receipt":
            parts = "；".join(
                f"{i18n.word(kind)} {figures.full(amount, i18n.language())}" for kind, amount in line.facts["parts"]
            )
            title = i18n.gettext("收到还款 %(amount)s", amount=figures.full(line.amount, i18n.language()))
            return Happening(when, title, line.what, parts, TONES["receipt"], f"/events/{line.subject}")
        case "class":
            reasons = "、".join(_reason(one) for one in line.facts["reasons"])
            title = i18n.gettext(
                "五级分类：%(source)s → %(target)s",
                source=i18n.word(FiveClass(line.facts["source"])),
                target=i18n.word(FiveClass(line.what)),
            )
            days = line.facts["days_past_due"]
            text = i18n.gettext("逾期 %(days)s 天；%(reasons)s", days=days, reasons=reasons or figures.MISSING)
            return Happening(when, title, "", text, TONES["class"], "")
        case "correction":
            cause = views_facts.told(line.what, line.facts["cause"], line.facts["value_on"])
            change = views_facts.deltas(*line.facts["deltas"])
            title = i18n.gettext("补记调整：%(cause)s", cause=cause)
            return Happening(when, title, "", change, "warn", f"/events/{line.subject}")
        case _:
            recipe = RECIPES.get(line.what)
            name = line.what if recipe is None else (recipe.en if i18n.language() == "en" else recipe.zh)
            amount = figures.full(line.amount, i18n.language())
            tone = "warn" if line.facts["reverses"] else TONES["posting"]
            return Happening(when, f"{name} {amount}", "", "", tone, f"/events/{line.subject}")


def _reason(code: str) -> str:
    return i18n.gettext(REASONS[code]) if code in REASONS else i18n.said(code)


@dataclass(frozen=True, slots=True)
class LoanHead:
    """What stands at the top of a loan's page."""

    loan: Loan
    contract: Contract
    firm: Firm
    talent: Talent
    guarantee: Guarantee | None
    owed: Owed
    days_past_due: int
    invented: str
    progress: float
    application: str

    @property
    def undrawn(self) -> Money:
        """What the contract still promises."""
        return self.loan.amount - self.loan.disbursed


def head(session: Session, loan: Loan, on: date) -> LoanHead:
    """The loan with everything that its page names."""
    contract = session.get_one(Contract, loan.contract_id)
    cover = session.exec(select(Guarantee).where(Guarantee.loan_id == loan.key)).first()
    days = 0 if loan.oldest_unpaid is None else max(0, (on - loan.oldest_unpaid).days)
    repaid = loan.disbursed - loan.outstanding
    return LoanHead(
        loan=loan,
        contract=contract,
        firm=session.get_one(Firm, loan.firm_id),
        talent=session.get_one(Talent, loan.talent_id),
        guarantee=cover,
        owed=owed(session, loan, on),
        days_past_due=days,
        invented="synthetic" if loan.synthetic else ("illustrative" if loan.label else ""),
        progress=float(repaid.fen * 100 / loan.disbursed.fen) if loan.disbursed else 0.0,
        application=session.get_one(Application, loan.application_id).number,
    )


@dataclass(frozen=True, slots=True)
class LineView:
    """One instalment with what has been paid of it."""

    line: Instalment
    payment: Money
    paid: Money
    state: str
    tone: str


def schedule(lines: Sequence[Instalment], on: date) -> list[LineView]:
    """The schedule's lines with their state in words."""
    found = []
    for line in lines:
        paid = line.principal_paid + line.interest_paid
        payment = line.principal + line.interest
        if not line.unpaid:
            state, tone = N_("已还清"), "ok"
        elif line.payable_on < on:
            state, tone = N_("逾期"), "bad"
        elif paid:
            state, tone = N_("部分归还"), "warn"
        else:
            state, tone = N_("未到期"), "plain"
        found.append(LineView(line, payment, paid, state, tone))
    return found


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One receipt with what it settled."""

    receipt: Receipt
    parts: list[tuple[Any, Money]]


def receipts(found: Sequence[tuple[Receipt, list[ReceiptPart]]]) -> list[ReceiptView]:
    """Receipts, the newest first, their parts summed by kind."""
    views = []
    for receipt, parts in reversed(found):
        sums: dict[Any, Money] = {}
        for part in parts:
            sums[part.kind] = sums.get(part.kind, ZERO) + part.amount
        views.append(ReceiptView(receipt, list(sums.items())))
    return views


def pay_outs(session: Session, loan: Loan) -> list[PayOut]:
    """What was asked for and paid out under a loan."""
    return list(session.exec(select(PayOut).where(PayOut.loan_id == loan.key).order_by(col(PayOut.id))))


def person(session: Session, user_id: int | None) -> str:
    """A person's name, or a dash."""
    user = session.get(User, user_id) if user_id else None
    return user.name if user else figures.MISSING
