"""The seven books as a reader wants them: trial balance, balance sheet, mirrors; now or at the end of any business day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.books.chart import Account, Kind
from models.queries.books import Balance, MirrorDifference, mirror_differences, trial_balance
from models.roles import Institution
from models.values.money import Money, total

ASSET_KINDS = (Kind.ASSET, Kind.CONTRA_ASSET)


@dataclass(frozen=True, slots=True)
class TrialLine:
    """One account: its turnover to date, and its balance on the side where it stands."""

    account: Account
    debit: Money
    credit: Money
    balance: Balance

    @property
    def debit_balance(self) -> Money:
        """The balance if it stands on the debit side, else nought."""
        return Money(max(self.balance.net.fen, 0))

    @property
    def credit_balance(self) -> Money:
        """The balance if it stands on the credit side, else nought."""
        return Money(max(-self.balance.net.fen, 0))


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account of a book that has moved; both sides sum to the same."""

    book: Institution
    on: date | None
    lines: list[TrialLine]

    @property
    def debits(self) -> Money:
        """The sum of debit balances."""
        return total(line.debit_balance for line in self.lines)

    @property
    def credits(self) -> Money:
        """The sum of credit balances."""
        return total(line.credit_balance for line in self.lines)

    @property
    def balanced(self) -> bool:
        """Whether both sides agree, to the fen."""
        return self.debits == self.credits


def trial(session: Session, book: Institution, *, on: date | None = None) -> TrialBalance:
    """The trial balance (试算平衡表) of a book, now or at the end of a business day; accounts that never moved left out."""
    lines = [
        TrialLine(account, Money(balance.debit), Money(balance.credit), balance)
        for account, balance in trial_balance(session, book, on=on)
        if balance.debit or balance.credit
    ]
    return TrialBalance(book, on, lines)


@dataclass(frozen=True, slots=True)
class BalanceSheet:
    """Assets against liabilities and own funds, the year's result among the latter; memo accounts stand apart."""

    book: Institution
    on: date | None
    assets: list[tuple[Account, Money]]
    liabilities: list[tuple[Account, Money]]
    equity: list[tuple[Account, Money]]
    result: Money
    memo: list[tuple[Account, Money]]

    @property
    def total_assets(self) -> Money:
        """Assets less what is set aside against them."""
        return total(amount for _, amount in self.assets)

    @property
    def own_funds(self) -> Money:
        """Equity and the result not yet carried over."""
        return total(amount for _, amount in self.equity) + self.result

    @property
    def total_claims(self) -> Money:
        """Liabilities and own funds: equal to the assets."""
        return total(amount for _, amount in self.liabilities) + self.own_funds


def balance_sheet(session: Session, book: Institution, *, on: date | None = None) -> BalanceSheet:
    """The balance sheet of a book; contra assets are shown as deductions, income less expense as the result."""
    lines = [(line.account, line.balance.net) for line in trial(session, book, on=on).lines]

    def of(*kinds: Kind, sign: int) -> list[tuple[Account, Money]]:
        return [(account, Money(sign * net.fen)) for account, net in lines if account.kind in kinds and net]

    earned = total(amount for _, amount in of(Kind.INCOME, sign=-1))
    spent = total(amount for _, amount in of(Kind.EXPENSE, sign=1))
    return BalanceSheet(
        book,
        on,
        assets=of(*ASSET_KINDS, sign=1),
        liabilities=of(Kind.LIABILITY, sign=-1),
        equity=of(Kind.EQUITY, sign=-1),
        result=earned - spent,
        memo=[(account, amount) for account, amount in of(Kind.MEMO, sign=1) if account.grows_by_debit],
    )


def disagreements(session: Session) -> list[MirrorDifference]:
    """Where two books say different things of the same claim; empty when every mirror holds."""
    return mirror_differences(session)
