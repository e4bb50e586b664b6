"""What could be done with a bad claim, compared: the rules' assumptions put on what is owed (system.md section 9)."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from models.disposal import Strategy
from models.intellectual_property import Pledge, Valuation
from models.loan import Loan
from models.policies.rules import DisposalRules
from models.queries.rules import rules_in_force
from models.values.money import Money, total
from models.values.rate import Rate
from scoring.strategies import Assumption, StrategyValue, compared
from workflows import bad_loan


def compare(session: Session, loan: Loan, on: date) -> list[StrategyValue]:
    """Every strategy the rules have an assumption for, by its present value, the best first.

    The claim is what the bank and the guarantor are owed together; selling the intellectual property cannot bring more
    than the low end of what the pledged assets were last valued at.
    """
    rules = rules_in_force(session, DisposalRules, on)
    claim = bad_loan.bank_claim(session, loan).total + bad_loan.guarantor_claim(session, loan)
    assumptions = [
        Assumption(
            strategy,
            Rate.of(given["recovery"]),
            Rate.of(given["cost"]),
            int(given["months"]),
            _pledged_worth(session, loan) if strategy == Strategy.SELL_IP else None,
        )
        for strategy, given in rules.strategies.items()
    ]
    return compared(claim, assumptions, discount=rules.discount_rate)


def _pledged_worth(session: Session, loan: Loan) -> Money | None:
    """The low end of the newest valuation of each pledged asset; None if none was valued."""
    pledged = select(Pledge.asset_id).where(Pledge.contract_id == loan.contract_id, col(Pledge.released_on).is_(None))
    rows = session.exec(
        select(Valuation).where(col(Valuation.asset_id).in_(pledged)).order_by(col(Valuation.base_date))
    )
    newest = {row.asset_id: row.low for row in rows}
    return total(newest.values()) if newest else None
