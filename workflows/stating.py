"""A firm's statements, and the need for working capital that follows from two years of them (LOAN-04, LOAN-05).

The measured limit bounds what can be offered and decided. Going beyond it is a decision of its own: by a member of the
committee, with a reason that stays with the measuring.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.financial import ASSETS, CLAIMS, INCOME, FinancialStatement, NeedEstimate
from models.firm import Firm
from models.lending.need import Days, Need, YearEnd, days_of, margin_of, measure
from models.policies.rules import PrudenceRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.application import Stage
from models.values.money import ZERO, Money, half_up, total
from models.values.rate import MILLION, Rate
from workflows.given import past, said, within
from workflows.moves import SameHand, note, require

BEFORE_DECISION = (
    Stage.SUBMITTED,
    Stage.ACCEPTED,
    Stage.DUE_DILIGENCE,
    Stage.SCORED,
    Stage.IN_REVIEW,
    Stage.OPINION_ISSUED,
    Stage.DEFERRED,
)
HUNDREDTHS = 100
"""Days and turns are kept for reading with two and four places; the need itself is computed from the exact fractions."""
TEN_THOUSANDTHS = 10_000


class StatementUnbalanced(BadInput):
    """The two sides of the balance sheet differ; `difference` is assets less what is owed and owned."""


class StatementTwice(Refusal):
    """A statement of that year became known on that day already: a later version needs a later day."""


class GrowthNotLikely(BadInput):
    """Growth lies above minus 100% and is no slip of the keyboard."""


class FigureNegative(BadInput):
    """Revenue, cost or a balance below nought; only profit and equity may be."""


class StatementsMissing(Refusal):
    """The need is measured from two years in a row; one of them is not there."""


class NotMeasurable(Refusal):
    """No revenue, or balances without the flow that turns them over: there are no turnover days."""


class DecidedAlready(Refusal):
    """The need is measured and exceeded before the decision, not after it."""


class NotBeyond(BadInput):
    """To go beyond the need is to allow more than the ceiling, and at most what was asked for."""


class NeedNotMeasured(Refusal):
    """Nobody has measured the need of this application."""


def enter_statement(
    session: Session,
    *,
    firm: Firm,
    year: int,
    figures: Mapping[str, Money],
    source: str,
    known_on: date | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> FinancialStatement:
    """Enter a year's income and balance sheet; `figures` by the names of `INCOME`, `ASSETS` and `CLAIMS`, nought if left out.

    `source` names the document they were read from. Refuses with FigureNegative, StatementUnbalanced, StatementTwice,
    FieldEmpty, DateAhead, NumberOutOfRange.
    """
    require(by, "financial_statement.add", Role.LOAN_OFFICER)
    known = past(known_on or on, "known_on", on=on)
    given = {name: figures.get(name, ZERO) for name in (*INCOME, *ASSETS, *CLAIMS)}
    for name, amount in given.items():
        if amount < ZERO and name not in ("profit", "equity"):
            raise FigureNegative(field=name, given=amount)
    assets, claims = total(given[name] for name in ASSETS), total(given[name] for name in CLAIMS)
    if assets != claims:
        raise StatementUnbalanced(field="equity", assets=assets, claims=claims, difference=assets - claims)
    within(year, "year", least=1990, most=on.year)
    twice = select(FinancialStatement.id).where(
        FinancialStatement.firm_id == firm.key, FinancialStatement.year == year, FinancialStatement.known_on == known
    )
    if session.exec(twice).first() is not None:
        raise StatementTwice(year=year, known_on=known)
    row = FinancialStatement.model_validate(
        {
            "firm_id": firm.key,
            "year": year,
            "known_on": known,
            "source": said(source, "source"),
            "entered_by": by.user_id,
            **given,
        }
    )
    session.add(row)
    note(session, row, "add", by=by, on=on, at=at, reason=row.source)
    return row


def statements_of(session: Session, firm_id: int, on: date) -> list[FinancialStatement]:
    """What was known of a firm on a day: of each year the newest version, the newest year first."""
    query = select(FinancialStatement).where(FinancialStatement.firm_id == firm_id, FinancialStatement.known_on <= on)
    found: dict[int, FinancialStatement] = {}
    newest = (col(FinancialStatement.year).desc(), col(FinancialStatement.known_on).desc())
    for row in session.exec(query.order_by(*newest)):
        found.setdefault(row.year, row)
    return list(found.values())


def measure_need(
    session: Session,
    *,
    application: Application,
    growth: Rate,
    own_funds: Money = ZERO,
    existing_loans: Money = ZERO,
    other_sources: Money = ZERO,
    by: Actor,
    on: date,
    at: datetime,
) -> NeedEstimate:
    """Measure the need from the newest two years in a row. The limit is nought where there is no need: no loan then.

    Refuses with DecidedAlready, StatementsMissing, NotMeasurable, FigureNegative.
    """
    require(by, "need_estimate.measure", Role.LOAN_OFFICER)
    _refuse_decided(application)
    for name, amount in (
        ("own_funds", own_funds), ("existing_loans", existing_loans), ("other_sources", other_sources),
    ):  # fmt: skip
        if amount < ZERO:
            raise FigureNegative(field=name, given=amount)
    if not -MILLION < growth.ppm <= 10 * MILLION:
        raise GrowthNotLikely(field="growth", given=growth)
    after, before = _two_years(session, application, on)
    rules = rules_in_force(session, PrudenceRules, on)
    then, now = _year_end(before), _year_end(after)
    try:
        days, margin = days_of(then, now), margin_of(now)
    except ZeroDivisionError:
        raise NotMeasurable(year=after.year) from None
    result = measure(
        revenue=after.revenue,
        margin=margin,
        growth=Fraction(growth.ppm, MILLION),
        days=days,
        own_funds=own_funds,
        existing_loans=existing_loans,
        other_sources=other_sources,
        unit=rules.wc_floor_unit,
    )
    row = NeedEstimate.model_validate(
        {
            "application_id": application.key,
            "statement_id": after.key,
            "before_id": before.key,
            "growth": growth,
            "own_funds": own_funds,
            "existing_loans": existing_loans,
            "other_sources": other_sources,
            "steps": _steps(after, margin, days, result),
            "need": result.need,
            "room": result.room,
            "ceiling": result.ceiling,
            "rules_version": rules.version,
            "made_on": on,
            "made_by": by.user_id,
        }
    )
    session.add(row)
    note(session, row, "measure", by=by, on=on, at=at)
    return row


def latest_need(session: Session, application: Application) -> NeedEstimate | None:
    """The newest measuring of an application's need, or None."""
    query = select(NeedEstimate).where(NeedEstimate.application_id == application.key)
    return session.exec(query.order_by(col(NeedEstimate.id).desc()).limit(1)).first()


def exceed(
    session: Session, *, application: Application, amount: Money, reason: str, by: Actor, on: date, at: datetime
) -> NeedEstimate:
    """Allow more than the measured need: whoever decides says why, and it stays with the measuring.

    Refuses with NeedNotMeasured, DecidedAlready, NotBeyond, FieldEmpty, and with SameHand for whoever measured.
    """
    require(by, "need_estimate.exceed", Role.CREDIT_COMMITTEE)
    _refuse_decided(application)
    row = latest_need(session, application)
    if row is None:
        raise NeedNotMeasured(application=application.number)
    if row.made_by == by.user_id:
        raise SameHand(act="need_estimate.exceed", earlier="need_estimate.measure", person=by.name)
    if not row.ceiling < amount <= application.amount:
        raise NotBeyond(field="amount", given=amount, ceiling=row.ceiling, asked=application.amount)
    row.beyond, row.beyond_reason = amount, said(reason, "reason")
    row.beyond_by, row.beyond_on = by.user_id, on
    session.add(row)
    session.flush()
    note(session, row, "exceed", by=by, on=on, at=at, reason=row.beyond_reason)
    return row


def _refuse_decided(application: Application) -> None:
    if application.stage not in BEFORE_DECISION:
        raise DecidedAlready(application=application.number, subject="application", stage=application.stage)


def _two_years(session: Session, application: Application, on: date) -> tuple[FinancialStatement, FinancialStatement]:
    found = statements_of(session, application.firm_id, on) if application.firm_id is not None else []
    if not found:
        raise StatementsMissing(year=on.year - 1)
    before = next((row for row in found if row.year == found[0].year - 1), None)
    if before is None:
        raise StatementsMissing(year=found[0].year - 1)
    return found[0], before


def _year_end(row: FinancialStatement) -> YearEnd:
    return YearEnd(
        revenue=row.revenue.fen,
        cost=row.cost.fen,
        profit=row.profit.fen,
        receivables=row.receivables.fen,
        stock=row.stock.fen,
        prepaid=row.prepaid.fen,
        payables=row.payables.fen,
        advances=row.advances.fen,
    )


def _steps(year: FinancialStatement, margin: Fraction, days: Days, result: Need) -> dict[str, Any]:
    """What the page shows of the way to the result: whole numbers, each half up once, none of them computed on."""

    def rounded(value: Fraction, places: int) -> int:
        return half_up(value.numerator * places, value.denominator)

    return {
        "year": year.year,
        "revenue_fen": year.revenue.fen,
        "margin_ppm": rounded(margin, MILLION),
        "stock_days": rounded(days.stock, HUNDREDTHS),
        "receivable_days": rounded(days.receivable, HUNDREDTHS),
        "payable_days": rounded(days.payable, HUNDREDTHS),
        "prepaid_days": rounded(days.prepaid, HUNDREDTHS),
        "advance_days": rounded(days.advance, HUNDREDTHS),
        "cycle_days": rounded(days.cycle, HUNDREDTHS),
        "turns": None if result.turns is None else rounded(result.turns, TEN_THOUSANDTHS),
    }
