"""Seven charts of accounts and their mirror pairs, as data (postings.md; system.md section 2).

An account number is `book number * 10_000 + number inside the book`, and never changes once used: the stored rows
and the hash chain know accounts by it. Accounts that are kept by loan, product, drawing and so on name that
dimension in `by`; their legs then carry a part, and a limit of the account holds for each part alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from models.roles import Institution

BOOK_NUMBER: dict[Institution, int] = {book: number for number, book in enumerate(Institution, start=1)}
BOOK_OF_NUMBER: dict[int, Institution] = {number: book for book, number in BOOK_NUMBER.items()}


class Kind(StrEnum):
    """What an account is on the balance sheet."""

    ASSET = "asset"
    CONTRA_ASSET = "contra_asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"
    MEMO = "memo"


DEBIT_KINDS = frozenset({Kind.ASSET, Kind.EXPENSE})


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a chart. `guard` is what the database refuses: a balance on the wrong side of nought."""

    book: Institution
    number: int
    code: str
    zh: str
    en: str
    kind: Kind
    by: str = ""
    guard: Literal["", "never_credit", "never_debit"] = ""

    @property
    def name(self) -> str:
        """`book.code`, as recipes and people write it."""
        return f"{self.book}.{self.code}"

    @property
    def id(self) -> int:
        """The stored number of the account itself (its parts have numbers of their own above a million)."""
        return BOOK_NUMBER[self.book] * 10_000 + self.number

    @property
    def floor(self) -> int | None:
        """The least that debits minus credits may be, in fen."""
        return 0 if self.guard == "never_credit" else None

    @property
    def ceiling(self) -> int | None:
        """The most that debits minus credits may be, in fen."""
        return 0 if self.guard == "never_debit" else None

    @property
    def grows_by_debit(self) -> bool:
        """Whether a positive balance is shown for debits (assets, expenses) or for credits."""
        return self.kind in DEBIT_KINDS or (self.kind is Kind.MEMO and not self.code.endswith("_contra"))


ASSET, CONTRA, LIABILITY, EQUITY = Kind.ASSET, Kind.CONTRA_ASSET, Kind.LIABILITY, Kind.EQUITY
INCOME, EXPENSE, MEMO = Kind.INCOME, Kind.EXPENSE, Kind.MEMO
NEVER_CREDIT: Literal["never_credit"] = "never_credit"
NEVER_DEBIT: Literal["never_debit"] = "never_debit"

_Line = tuple[int, str, str, str, Kind, str, Literal["", "never_credit", "never_debit"]]

_VEHICLE: tuple[_Line, ...] = (
    (1002, "cash", "货币资金", "Cash", ASSET, "", NEVER_CREDIT),
    (1221, "due_from_bank", "应收统贷资金", "Due from the talent bank", ASSET, "drawing", NEVER_CREDIT),
    (2501, "facility_payable", "融资借款", "Facility payable", LIABILITY, "facility", NEVER_DEBIT),
    (2231, "interest_payable", "应付利息", "Interest payable", LIABILITY, "drawing", NEVER_DEBIT),
    (4001, "capital", "资本", "Capital", EQUITY, "owner", ""),
    (4104, "retained", "留存收益", "Retained earnings", EQUITY, "", ""),
    (6011, "on_lending_income", "转贷收入", "On-lending income", INCOME, "drawing", ""),
    (6411, "funding_cost", "融资成本", "Funding cost", EXPENSE, "drawing", ""),
)
_BANK: tuple[_Line, ...] = (
    (1002, "cash", "银行存款", "Cash", ASSET, "", NEVER_CREDIT),
    (1303, "principal", "贷款本金", "Loan principal", ASSET, "loan", NEVER_CREDIT),
    (1132, "interest_receivable", "应收利息", "Interest receivable", ASSET, "product", NEVER_CREDIT),
    (1304, "allowance", "贷款损失准备", "Loan loss allowance", CONTRA, "product", NEVER_DEBIT),
    (1221, "due_from_guarantor", "应收担保公司", "Due from the guarantor", ASSET, "loan", NEVER_CREDIT),
    (1222, "due_from_pool", "应收风险补偿资金池", "Due from the risk pool", ASSET, "loan", NEVER_CREDIT),
    (1223, "due_from_amc", "应收资产管理公司", "Due from the asset manager", ASSET, "loan", NEVER_CREDIT),
    (2241, "unapplied", "暂收款", "Unapplied receipts", LIABILITY, "loan", NEVER_DEBIT),
    (2243, "suspense", "待查明款项", "Unidentified receipts", LIABILITY, "receipt", NEVER_DEBIT),
    (2242, "due_to_vehicle", "应付统贷资金", "Due to the financing vehicle", LIABILITY, "drawing", NEVER_DEBIT),
    (4001, "capital", "实收资本", "Capital", EQUITY, "owner", ""),
    (4104, "retained", "留存收益", "Retained earnings", EQUITY, "", ""),
    (6011, "interest_income", "利息收入", "Interest income", INCOME, "product", ""),
    (6012, "penalty_income", "罚息及复利收入", "Penalty and compound interest income", INCOME, "product", ""),
    (6021, "fee_income", "手续费收入", "Fee income", INCOME, "product", ""),
    (6301, "recovery_income", "收回已核销收入", "Recovery income", INCOME, "loan", ""),
    (6411, "funding_cost", "融资成本", "Funding cost", EXPENSE, "drawing", ""),
    (6701, "impairment_loss", "减值损失", "Impairment loss", EXPENSE, "product", ""),
    (6711, "disposal_loss", "处置损失", "Disposal loss", EXPENSE, "loan", ""),
    (9001, "memo_undrawn", "未提款承诺", "Undrawn commitments", MEMO, "loan", NEVER_CREDIT),
    (9002, "memo_undrawn_contra", "未提款承诺(对方)", "Undrawn commitments, contra", MEMO, "", NEVER_DEBIT),
    (9003, "memo_suspended_interest", "表外应收利息", "Suspended interest", MEMO, "product", NEVER_CREDIT),
    (9004, "memo_suspended_interest_contra", "表外应收利息(对方)", "Suspended interest, contra", MEMO, "", NEVER_DEBIT),
)
_GUARANTOR: tuple[_Line, ...] = (
    (1002, "cash", "货币资金", "Cash", ASSET, "", NEVER_CREDIT),
    (1221, "compensation_receivable", "应收代偿款", "Compensation receivable", ASSET, "loan", NEVER_CREDIT),
    (1231, "compensation_allowance", "代偿款坏账准备", "Allowance on compensation", CONTRA, "loan", NEVER_DEBIT),
    (2602, "unearned_reserve", "未到期责任准备金", "Unearned liability reserve", LIABILITY, "loan", NEVER_DEBIT),
    (2603, "compensation_reserve", "担保赔偿准备金", "Compensation reserve", LIABILITY, "", NEVER_DEBIT),
    (2241, "due_to_bank", "应付代偿款", "Compensation due to the bank", LIABILITY, "loan", NEVER_DEBIT),
    (4001, "capital", "实收资本", "Capital", EQUITY, "owner", ""),
    (4102, "general_risk_reserve", "一般风险准备", "General risk reserve", EQUITY, "", ""),
    (4104, "retained", "留存收益", "Retained earnings", EQUITY, "", ""),
    (6021, "fee_income", "担保费收入", "Guarantee fee income", INCOME, "", ""),
    (6301, "recovery_income", "追偿收入", "Recovery income", INCOME, "", ""),
    (6502, "reserve_expense", "提取准备金", "Provision to reserves", EXPENSE, "", ""),
    (6701, "impairment_loss", "减值损失", "Impairment loss", EXPENSE, "loan", ""),
    (9001, "memo_in_force", "担保责任余额", "Guarantees in force", MEMO, "loan", NEVER_CREDIT),
    (9002, "memo_reserved", "已预占额度", "Capacity reserved", MEMO, "application", NEVER_CREDIT),
    (9003, "memo_commitments_contra", "担保承诺总额(对方)", "All commitments, contra", MEMO, "", NEVER_DEBIT),
)
_RELENDER: tuple[_Line, ...] = (
    (1002, "cash", "货币资金", "Cash", ASSET, "", NEVER_CREDIT),
    (1303, "bridge", "转贷资金", "Bridges outstanding", ASSET, "bridge", NEVER_CREDIT),
    (4001, "capital", "基金本金", "Fund capital", EQUITY, "owner", ""),
    (4104, "retained", "结余", "Retained earnings", EQUITY, "", ""),
    (6021, "fee_income", "资金占用费", "Fee income", INCOME, "", ""),
    (6701, "impairment_loss", "减值损失", "Impairment loss", EXPENSE, "bridge", ""),
    (9001, "memo_reserved", "已预占额度", "Reserved for bridges", MEMO, "bridge", NEVER_CREDIT),
    (9002, "memo_reserved_contra", "已预占额度(对方)", "Reserved for bridges, contra", MEMO, "", NEVER_DEBIT),
)
_AMC: tuple[_Line, ...] = (
    (1002, "cash", "货币资金", "Cash", ASSET, "", NEVER_CREDIT),
    (1101, "bad_asset", "不良资产", "Bad assets at cost", ASSET, "case", NEVER_CREDIT),
    (1221, "due_from_venture", "应收转让款", "Due from the venture company", ASSET, "case", NEVER_CREDIT),
    (2241, "due_to_bank", "应付转让款", "Transfer price due to the bank", LIABILITY, "loan", NEVER_DEBIT),
    (4001, "capital", "资本", "Capital", EQUITY, "owner", ""),
    (4104, "retained", "留存收益", "Retained earnings", EQUITY, "", ""),
    (6111, "collection_gain", "处置收益", "Collection gain", INCOME, "case", ""),
    (6602, "collection_cost", "处置费用", "Collection cost", EXPENSE, "case", ""),
    (6711, "disposal_loss", "处置损失", "Disposal loss", EXPENSE, "case", ""),
)
_VENTURE: tuple[_Line, ...] = (
    (1002, "cash", "货币资金", "Cash", ASSET, "", NEVER_CREDIT),
    (1511, "holding", "股权投资", "Holdings", ASSET, "holding", NEVER_CREDIT),
    (2241, "due_to_amc", "应付受让款", "Price due to the asset manager", LIABILITY, "case", NEVER_DEBIT),
    (4001, "capital", "资本", "Capital", EQUITY, "owner", ""),
    (4002, "fiscal_capital", "财政资本", "Fiscal capital", EQUITY, "award", ""),
    (4104, "retained", "留存收益", "Retained earnings", EQUITY, "", ""),
    (6101, "valuation_gain", "估值变动", "Valuation change", INCOME, "holding", ""),
    (6111, "exit_gain", "退出收益", "Exit gain", INCOME, "holding", ""),
    (6112, "dividend_income", "股利收入", "Dividend income", INCOME, "holding", ""),
)
_BUREAU: tuple[_Line, ...] = (
    (1002, "cash", "国库存款", "Treasury cash", ASSET, "", NEVER_CREDIT),
    (1511, "capital_in", "财政出资", "Fiscal capital paid into funds", ASSET, "fund", NEVER_CREDIT),
    (1201, "pool", "风险补偿资金池", "Risk-compensation pool", ASSET, "pool", NEVER_CREDIT),
    (2241, "due_to_bank", "应付风险补偿", "Risk compensation due to the bank", LIABILITY, "loan", NEVER_DEBIT),
    (2211, "award_payable", "应付奖励补助", "Awards payable", LIABILITY, "award", NEVER_DEBIT),
    (2212, "subsidy_payable", "应付贴息", "Interest subsidies payable", LIABILITY, "loan", NEVER_DEBIT),
    (4001, "appropriation", "财政拨款", "Appropriations", EQUITY, "", ""),
    (4104, "retained", "结余", "Retained", EQUITY, "", ""),
    (5001, "award_expense", "奖励补助支出", "Awards", EXPENSE, "award", ""),
    (5002, "subsidy_expense", "贴息支出", "Interest subsidies", EXPENSE, "loan", ""),
    (5003, "pool_expense", "风险补偿支出", "Risk compensation", EXPENSE, "loan", ""),
)

ACCOUNTS: tuple[Account, ...] = tuple(
    Account(book, *line)
    for book, lines in (
        (Institution.VEHICLE, _VEHICLE),
        (Institution.BANK, _BANK),
        (Institution.GUARANTOR, _GUARANTOR),
        (Institution.RELENDER, _RELENDER),
        (Institution.AMC, _AMC),
        (Institution.VENTURE, _VENTURE),
        (Institution.BUREAU, _BUREAU),
    )
    for line in lines
)

CHART: dict[str, Account] = {account.name: account for account in ACCOUNTS}
"""Every account by its name `book.code`."""

ACCOUNT_OF_ID: dict[int, Account] = {account.id: account for account in ACCOUNTS}


@dataclass(frozen=True, slots=True)
class Mirror:
    """Two accounts whose balances cancel out, part by part, whatever happens. Empty parts mean all of the account."""

    zh: str
    left: str
    right: str
    left_part: str | None = None
    right_part: str | None = None


MIRRORS: tuple[Mirror, ...] = (
    Mirror("统贷资金", "vehicle.due_from_bank", "bank.due_to_vehicle"),
    Mirror("代偿款", "bank.due_from_guarantor", "guarantor.due_to_bank"),
    Mirror("风险补偿", "bank.due_from_pool", "bureau.due_to_bank"),
    Mirror("不良转让款", "bank.due_from_amc", "amc.due_to_bank"),
    Mirror("股权受让款", "amc.due_from_venture", "venture.due_to_amc"),
    *(
        Mirror(f"财政出资 {fund}", "bureau.capital_in", f"{fund}.capital", left_part=fund, right_part="bureau")
        for fund in (Institution.VEHICLE, Institution.GUARANTOR, Institution.RELENDER, Institution.AMC)
    ),
    Mirror("财政补助转注资", "bureau.capital_in", "venture.fiscal_capital", left_part="venture"),
    Mirror(
        "创投公司财政出资", "bureau.capital_in", "venture.capital", left_part="venture_capital", right_part="bureau"
    ),
)


def accounts_of(book: Institution) -> Iterable[Account]:
    """The chart of one book, in the order of its numbers."""
    return sorted((account for account in ACCOUNTS if account.book is book), key=lambda account: account.number)
