"""What banks call the columns of a statement, in Chinese and English; what a line says when it is no line."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class Heading(StrEnum):
    """What a column holds."""

    ON = "date"
    INCOME = "income"
    OUTGO = "outgo"
    AMOUNT = "amount"
    DIRECTION = "direction"
    BALANCE = "balance"
    REF = "bank_ref"
    NAME = "counterparty"
    THEIR_ACCOUNT = "counterparty_account"
    MEMO = "memo"


# On a customer's statement the bank writes from its own side: 借方 (debit) goes out, 贷方 (credit) comes in.
NAMES: dict[Heading, tuple[str, ...]] = {
    Heading.ON: ("交易日期", "记账日期", "入账日期", "交易时间", "日期", "date", "transactiondate", "postingdate", "bookingdate"),
    Heading.INCOME: (
        "贷方", "贷方金额", "贷方发生额", "收入", "收入金额", "存入", "存入金额", "转入金额", "credit", "creditamount", "deposit",
        "deposits", "paidin", "moneyin",
    ),
    Heading.OUTGO: (
        "借方", "借方金额", "借方发生额", "支出", "支出金额", "支取", "支取金额", "转出金额", "debit", "debitamount", "withdrawal",
        "withdrawals", "paidout", "moneyout",
    ),
    Heading.AMOUNT: ("金额", "交易金额", "发生额", "amount", "transactionamount"),
    Heading.DIRECTION: ("借贷标志", "借贷", "收支", "收支方向", "借贷方向", "dc", "drcr", "debitcredit", "direction"),
    Heading.BALANCE: ("余额", "账户余额", "账面余额", "当前余额", "交易后余额", "balance", "runningbalance", "closingbalance"),
    Heading.REF: (
        "流水号", "交易流水号", "银行流水号", "核心流水号", "业务参考号", "交易参考号", "凭证号", "reference", "bankreference",
        "transactionid", "transactionreference", "referenceno", "serialno",
    ),
    Heading.NAME: (
        "对方户名", "对方名称", "对方账户名称", "对方单位名称", "交易对手", "交易对方", "对方", "counterparty", "counterpartyname",
        "payer", "payee", "name", "beneficiary",
    ),
    Heading.THEIR_ACCOUNT: ("对方账号", "对方账户", "交易对手账号", "counterpartyaccount", "accountnumberofcounterparty"),
    Heading.MEMO: (
        "摘要", "附言", "用途", "备注", "交易附言", "交易摘要", "description", "memo", "narrative", "details", "remark", "remarks",
        "particulars", "purpose",
    ),
}  # fmt: skip

TOTALS = ("合计", "总计", "本页小计", "小计", "本期合计", "total", "subtotal", "grandtotal", "以下空白")
"""How a row begins that sums others up: it is no line."""

IN_WORDS = frozenset({"贷", "贷方", "收", "收入", "入", "c", "cr", "credit", "in", "+"})
OUT_WORDS = frozenset({"借", "借方", "支", "支出", "付", "出", "d", "dr", "debit", "out", "-"})

_MEANING = {name: field for field, names in NAMES.items() for name in names}
_UNIT = re.compile(r"[(\[].*?[)\]]")


def plain_head(text: str) -> str:
    """A column's head without blanks, units in brackets and differences of width or case.

    >>> plain_head("贷方 发生额（元）"), plain_head("Bank Reference")
    ('贷方发生额', 'bankreference')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", _UNIT.sub("", folded))


def meaning(head: str) -> Heading | None:
    """What a column of this name holds; None for one that is not needed."""
    return _MEANING.get(plain_head(head))


def is_total(text: str) -> bool:
    """Whether a row that begins so sums others up."""
    return plain_head(text) in TOTALS
