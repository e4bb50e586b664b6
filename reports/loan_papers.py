"""Papers of one loan beside its schedule: settlement quote, statement of account, certificate of settlement; as PDF/A and
with the statement's lines for a workbook. The same facts give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models.books.recipes import RECIPES
from models.firm import Firm
from models.guarantee import Guarantee
from models.intellectual_property import Pledge
from models.journal import JournalLine
from models.loan import Contract, Loan
from models.queries.loan_ledger import LoanLeg, ledger_of
from models.queries.loans import accruals_of
from models.values.money import ZERO, Money, total
from models.values.numerals import capitals
from reports.documents import frame, long_day, pdf, said

_RECEIVED = frozenset({"bank.interest_receivable", "bank.interest_income"})


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One event of a loan in a statement: principal up and down, interest and costs received, the balance after it."""

    day: date
    kind: str
    reverses: bool
    up: Money
    down: Money
    interest: Money
    costs: Money
    balance: Money

    def words(self, language: str) -> str:
        """What happened, as the postings table calls it, a repayment by its plain name."""
        recipe = RECIPES.get(self.kind)
        chinese, english = (self.kind, self.kind) if recipe is None else (recipe.zh, recipe.en)
        if self.kind == "receipt_allocated":  # the desk's word; the borrower repays
            chinese, english = "还款", "Repayment"
        name = said(language, chinese, english)
        return said(language, "冲正：", "Reversed: ") + name if self.reverses else name


@dataclass(frozen=True, slots=True)
class Statement:
    """A loan's account from the start of `since` to the end of `until`, from the books."""

    since: date
    until: date
    opening: Money
    lines: tuple[StatementLine, ...]
    accrued: tuple[Money, Money, Money]

    @property
    def closing(self) -> Money:
        """The principal owed at the end."""
        return self.lines[-1].balance if self.lines else self.opening

    @property
    def totals(self) -> tuple[Money, Money, Money, Money]:
        """Principal up, principal down, interest received, costs."""
        return (
            total(line.up for line in self.lines),
            total(line.down for line in self.lines),
            total(line.interest for line in self.lines),
            total(line.costs for line in self.lines),
        )


def statement_of(session: Session, loan: Loan, *, since: date, until: date) -> Statement:
    """The loan's account in a period, both days included. Interest accrued comes from the day blocks."""
    opening, balance, lines = ZERO, ZERO, []
    all_legs = ledger_of(session, loan)
    kinds = {leg.key: leg.kind for leg in all_legs}
    for legs in _events(all_legs):
        first = legs[0]
        moved = total(leg.amount for leg in legs if leg.own and leg.account == "bank.principal")
        money = any(leg.own and leg.account == "bank.unapplied" for leg in legs)
        interest = -total(leg.amount for leg in legs if money and leg.account in _RECEIVED)
        costs = -total(leg.amount for leg in legs if money and leg.account == "bank.fee_income")
        balance += moved
        if first.day < since:
            opening = balance
        elif first.day <= until and (moved or interest or costs):
            up, down = (moved, ZERO) if moved > ZERO else (ZERO, -moved)
            lines.append(
                StatementLine(
                    first.day,
                    kinds.get(first.reverses, first.kind),
                    bool(first.reverses),
                    up,
                    down,
                    interest,
                    costs,
                    balance,
                )
            )
    days = [day for _, day in accruals_of(session, loan, since=since, until=until)]
    accrued = tuple(Money(sum(getattr(day, name) for day in days)) for name in ("interest", "penalty", "compound"))
    return Statement(since, until, opening, tuple(lines), (accrued[0], accrued[1], accrued[2]))


def _events(legs: Sequence[LoanLeg]) -> list[list[LoanLeg]]:
    found: dict[str, list[LoanLeg]] = {}
    for leg in legs:
        found.setdefault(leg.key, []).append(leg)
    return list(found.values())


def statement_pdf(session: Session, loan: Loan, made: Statement, language: str = "zh") -> bytes:
    """The statement as PDF/A (贷款对账单)."""
    firm, contract = session.get_one(Firm, loan.firm_id), session.get_one(Contract, loan.contract_id)
    facts = frame(loan.number, made.until, language, loan.label, contract.number) | {
        "facts": [
            [
                said(language, "借款企业", "Borrower"),
                firm.name,
                said(language, "合同编号", "Contract"),
                contract.number,
            ],
            [
                said(language, "对账期间", "Period"),
                f"{made.since.isoformat()} – {made.until.isoformat()}",
                said(language, "年利率", "Rate a year"),
                str(loan.rate),
            ],
        ],
        "opening": str(made.opening),
        "rows": [
            [
                line.day.isoformat(),
                line.words(language),
                _or_blank(line.up),
                _or_blank(line.down),
                _or_blank(line.interest),
                _or_blank(line.costs),
                str(line.balance),
            ]
            for line in made.lines
        ],
        "totals": [*(str(amount) for amount in made.totals), str(made.closing)],
        "accrued": [str(amount) for amount in made.accrued],
    }
    return pdf("statement", facts)


def _or_blank(amount: Money) -> str:
    return str(amount) if amount else ""


def quote_pdf(
    session: Session,
    loan: Loan,
    *,
    made_on: date,
    on: date,
    valid_through: date,
    parts: Sequence[tuple[str, str, Money]],
    language: str = "zh",
) -> bytes:
    """A settlement quote as PDF/A (结清报价单). `parts` are the Chinese and the English of each part with its amount."""
    firm, contract = session.get_one(Firm, loan.firm_id), session.get_one(Contract, loan.contract_id)
    whole = total(amount for _, _, amount in parts)
    facts = frame(loan.number, made_on, language, loan.label, contract.number) | {
        "facts": [
            [said(language, "借款企业", "Borrower"), firm.name, said(language, "贷款编号", "Loan"), loan.number],
            [
                said(language, "报价日", "Quoted on"),
                long_day(made_on, language),
                said(language, "结清日", "To be paid on"),
                long_day(on, language),
            ],
        ],
        "rows": [[said(language, chinese, english), str(amount)] for chinese, english, amount in parts],
        "total": str(whole),
        "capitals": capitals(whole),
        "payable": long_day(on, language),
        "valid": long_day(valid_through, language),
    }
    return pdf("quote", facts)


def settled_on(session: Session, loan: Loan) -> date | None:
    """The day on which a loan was settled, by the journal."""
    query = select(JournalLine).where(
        JournalLine.subject == "loan", JournalLine.subject_id == loan.key, JournalLine.verb == "settle"
    )
    line = session.exec(query.order_by(col(JournalLine.id).desc()).limit(1)).first()
    return None if line is None else line.on


def settled_facts(session: Session, loan: Loan, language: str = "zh") -> dict[str, Any]:
    """What the certificate of a settled loan says. ValueError for a loan that was not settled."""
    on = settled_on(session, loan)
    if on is None:
        raise ValueError(f"loan {loan.number} was not settled")
    firm, contract = session.get_one(Firm, loan.firm_id), session.get_one(Contract, loan.contract_id)
    cover = session.exec(select(Guarantee).where(Guarantee.loan_id == loan.key)).first()
    pledges = session.exec(
        select(Pledge).where(Pledge.contract_id == contract.key, col(Pledge.released_on).is_not(None))
    ).all()
    return frame(loan.number, on, language, loan.label, contract.number) | {
        "borrower": firm.name,
        "contract": contract.number,
        "amount": str(loan.disbursed),
        "capitals": capitals(loan.disbursed),
        "settled": long_day(on, language),
        "issued": long_day(on, language),
        "facts": [
            [
                said(language, "放款日", "Paid out on"),
                long_day(loan.opened_on, language),
                said(language, "结清日", "Settled on"),
                long_day(on, language),
            ],
            [
                said(language, "担保", "Guarantee"),
                f"{cover.number} {said(language, '已解除', 'released')}" if cover else "—",
                said(language, "质押", "Pledges"),
                "、".join(f"{pledge.registration_number} {said(language, '已解除', 'released')}" for pledge in pledges)
                or "—",
            ],
        ],
    }


def settled_pdf(session: Session, loan: Loan, language: str = "zh") -> bytes:
    """The certificate of settlement as PDF/A (贷款结清证明)."""
    return pdf("settled", settled_facts(session, loan, language))
