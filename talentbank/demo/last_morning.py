"""What lies on the desks when the demonstration opens: the bank's statement of the last days, an early repayment that
waits for the reviewer, a certificate of settlement. All invented, as the loans are that they belong to."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import Session, col, select

from models.firm import Firm
from models.lending.ageing import FiveClass
from models.lending.changes import PrepayChoice
from models.loan import Loan, Receipt
from models.queries.owed import owed
from models.refusals import Refusal
from models.roles import Role
from models.states.loan import LoanStage
from models.values.money import Money
from talentbank import loan_papers
from talentbank.demo.stage import Story
from talentbank.demo.steps import Play
from workflows import changing, importing, reconciling
from workflows.change_effects import Prepayment

STATEMENT_DAYS = 20
RUNNING_DAYS = 90
"""Nobody repays early what was paid out yesterday."""
ACCOUNT = "3901000000000000001"
HEAD = ("交易日期", "收入", "支出", "对方户名", "摘要", "流水号")
FEE = Money.yuan(120)
UNEXPECTED = Money.yuan(8_000)


def last_morning(play: Play) -> Story:
    """Import the statement and match what the rules are sure of, ask for an early repayment, certify what is settled."""
    _statement(play)
    _early_repayment(play)
    _certificate(play)
    return
    yield play.on


def _statement(play: Play) -> None:
    """The receipts of the last days as a bank would list them, and two lines that nobody has booked."""
    since = play.on - timedelta(days=STATEMENT_DAYS)
    query = (
        select(Receipt, Firm.name)
        .join(Loan, col(Loan.id) == col(Receipt.loan_id))
        .join(Firm, col(Firm.id) == col(Loan.firm_id))
        .where(Receipt.received_on >= since, Receipt.received_on < play.on)
        .order_by(col(Receipt.received_on), col(Receipt.id))
    )
    rows = [
        (one.received_on, _yuan(one.amount), "", name, f"还款 {one.number}", one.bank_ref)
        for one, name in play.session.exec(query)
    ]
    eve = play.on - timedelta(days=1)
    rows.append((eve, "", _yuan(FEE), "", "账户管理费", play.reference("FEE")))
    rows.append((eve, _yuan(UNEXPECTED), "", "某客户（示例）", "往来款", play.reference("BNK")))
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows])
    importing.import_statement(
        play.session,
        content=text.getvalue().encode("utf-8-sig"),
        name="对账单（演示）.csv",
        account=ACCOUNT,
        label=play.label,
        store=play.vault,
        **play.by(Role.LOAN_OFFICER),
    )
    reconciling.match_by_rule(play.session, **play.by(Role.LOAN_OFFICER))


def _early_repayment(play: Play) -> None:
    """The newest sound loan that has run for a while asks to repay a third early; the first that may is taken."""
    latest = play.on - timedelta(days=RUNNING_DAYS)
    for loan in _loans(play.session, LoanStage.ACTIVE):
        if loan.five_class is not FiveClass.NORMAL or loan.opened_on is None or loan.opened_on > latest:
            continue
        third = Money.yuan(owed(play.session, loan, play.on).principal.in_yuan() // 3 // 1_000 * 1_000)
        try:
            changing.propose(
                play.session,
                loan=loan,
                asked=Prepayment(amount=third, choice=PrepayChoice.LOWER_INSTALMENT),
                reason="企业回款提前，申请归还部分本金（演示）",
                **play.by(Role.LOAN_OFFICER),
            )
        except Refusal:
            continue
        return


def _certificate(play: Play) -> None:
    loan = next(_loans(play.session, LoanStage.SETTLED), None)
    if loan is not None:
        loan_papers.file_certificate(play.session, loan, language="zh", store=play.vault, **play.by(Role.LOAN_OFFICER))


def _loans(session: Session, stage: LoanStage) -> Iterator[Loan]:
    yield from session.exec(select(Loan).where(Loan.stage == stage).order_by(col(Loan.id).desc()))


def _yuan(amount: Money) -> str:
    return f"{amount.in_yuan():.2f}"
