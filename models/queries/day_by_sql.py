"""The rule of a day as one SQL statement over the rows: a second implementation, to hold the columns' against.

`models.lending.day` is the rule that is used. This one reads the same rows on either engine, keeps its own meters in a
temporary table and shares no line with the other: where both agree for every loan and day, a slip would have to be made
twice. Interest: LOAN-10, LOAN-13; penalty: LOAN-18; compound: LOAN-20; class: CLS-02 to CLS-06, CLS-08, CLS-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from models.lending.ageing import CLASSES, AgeingRules
from models.lending.terms import BY_MONTHS
from models.states.loan import LoanStage
from models.values.rate import MILLION

_OWED = ", ".join(f"'{stage}'" for stage in LoanStage if stage.owed)
_METHODS = ", ".join(f"'{word}'" for word in sorted(BY_MONTHS))
_RANK = "CASE l.five_class " + " ".join(f"WHEN '{word}' THEN {word.rank}" for word in CLASSES) + " END"
_METERS = "CREATE TEMPORARY TABLE day_by_sql (loan_id BIGINT PRIMARY KEY, through BIGINT, interest BIGINT, penalty BIGINT, compound BIGINT, penalty_rest BIGINT, compound_rest BIGINT)"

_EARNED = (
    "CASE WHEN {then} >= ends THEN own WHEN {then} <= begins THEN 0"
    " WHEN months THEN (2 * own * ({then} - begins) + (ends - begins)) / (2 * (ends - begins))"
    " WHEN (balance * rate * ({then} - begins) + parts / 2) / parts < own"
    " THEN (balance * rate * ({then} - begins) + parts / 2) / parts ELSE own END"
)
_DAY = (
    "WITH line AS (SELECT i.loan_id, i.principal - i.principal_paid AS principal, i.interest - i.interest_paid AS interest,"
    " i.interest - i.brought AS own, i.balance_before AS balance, {begins} AS begins, {ends} AS ends, {payable} AS payable,"
    " l.rate, c.method IN ({methods}) AS months, {million} * c.day_basis AS parts"
    " FROM instalment i JOIN loan l ON l.id = i.loan_id JOIN contract c ON c.id = l.contract_id"
    " WHERE i.live AND i.settled_on IS NULL AND {begins} <= :day AND l.stage IN ({owed})),"
    " due AS (SELECT loan_id, SUM({earned_by_night} - {earned_by_morning}) AS earned,"
    " SUM(CASE WHEN payable <= :day THEN principal ELSE 0 END) AS late_principal,"
    " SUM(CASE WHEN payable <= :day THEN interest ELSE 0 END) AS late_interest,"
    " MIN(CASE WHEN payable <= :day AND principal + interest > 0 THEN payable END) AS oldest FROM line GROUP BY loan_id),"
    " meter AS (SELECT l.id AS loan_id, l.firm_id, l.outstanding, l.rate,"
    " (2 * l.rate * ({million} + c.penalty_uplift_ppm) + {million}) / (2 * {million}) AS penalty_rate,"
    " {million} * c.day_basis AS parts, {matures} AS matures, {rank} AS was, {floor_rank} AS circumstances, CASE WHEN l.five_class = 'special_mention' AND"
    " COALESCE((SELECT x.actor_id FROM class_change x WHERE x.loan_id = l.id ORDER BY x.id DESC LIMIT 1), 0) <> 0"
    " THEN 1 ELSE 0 END AS held, CASE WHEN l.non_accrual THEN 1 ELSE 0 END AS suspended,"
    " CASE WHEN s.through = :day - 1 AND {through} < :day - 1 THEN s.interest ELSE m.interest_fen END AS interest,"
    " CASE WHEN s.through = :day - 1 AND {through} < :day - 1 THEN s.penalty ELSE m.penalty_fen END AS penalty,"
    " CASE WHEN s.through = :day - 1 AND {through} < :day - 1 THEN s.compound ELSE m.compound_fen END AS compound,"
    " CASE WHEN s.through = :day - 1 AND {through} < :day - 1 THEN s.penalty_rest ELSE m.penalty_rest END AS penalty_rest,"
    " CASE WHEN s.through = :day - 1 AND {through} < :day - 1 THEN s.compound_rest ELSE m.compound_rest END AS compound_rest"
    " FROM loan l JOIN contract c ON c.id = l.contract_id JOIN loan_meter m ON m.loan_id = l.id"
    " LEFT JOIN day_by_sql s ON s.loan_id = l.id WHERE l.stage IN ({owed}) AND {through} < :day),"
    " base AS (SELECT meter.*, COALESCE(due.earned, 0) AS earned, COALESCE(due.late_principal, 0) AS late_principal,"
    " COALESCE(due.late_interest, 0) + :on_penalty * meter.penalty AS late_base, COALESCE(due.late_interest, 0) AS late_interest,"
    " due.oldest, COALESCE(:day - due.oldest, 0) AS days,"
    " CASE WHEN :day < matures THEN rate ELSE penalty_rate END AS compound_rate FROM meter LEFT JOIN due USING (loan_id)),"
    " charged AS (SELECT base.*,"
    " CASE WHEN late_principal > 0 THEN (late_principal * penalty_rate + penalty_rest + parts / 2) / parts ELSE 0 END AS fined,"
    " CASE WHEN late_base > 0 THEN (late_base * compound_rate + compound_rest + parts / 2) / parts ELSE 0 END AS compounded,"
    " CASE WHEN days > :loss THEN 4 WHEN days > :doubtful THEN 3 WHEN days > :substandard THEN 2"
    " WHEN days > :technical THEN 1 ELSE 0 END AS by_days FROM base),"
    " floored AS (SELECT charged.*, CASE WHEN circumstances > by_days THEN circumstances ELSE by_days END AS floor FROM charged),"
    " ranked AS (SELECT floored.*, CASE WHEN (held = 1 OR was >= 2) AND was > floor THEN was ELSE floor END AS own_rank"
    " FROM floored),"
    " judged AS (SELECT ranked.*, CASE WHEN own_rank < 2 AND SUM(CASE WHEN own_rank >= 2 THEN outstanding ELSE 0 END)"
    " OVER (PARTITION BY firm_id) * {million} > :cross_own * SUM(outstanding) OVER (PARTITION BY firm_id)"
    " THEN 2 ELSE own_rank END AS new_rank FROM ranked)"
    " SELECT loan_id, earned, fined, compounded, interest + earned, penalty + fined, compound + compounded,"
    " CASE WHEN late_principal > 0 THEN late_principal * penalty_rate + penalty_rest - fined * parts ELSE 0 END,"
    " CASE WHEN late_base > 0 THEN late_base * compound_rate + compound_rest - compounded * parts ELSE 0 END,"
    " days, new_rank, suspended FROM judged ORDER BY loan_id"
)


@dataclass(frozen=True, slots=True)
class LoanRow:
    """What the day did to one loan; the fields and their order are those of a day block, without the product."""

    loan_id: int
    interest: int
    penalty: int
    compound: int
    unpaid_interest: int
    unpaid_penalty: int
    unpaid_compound: int
    penalty_rest: int
    compound_rest: int
    days_past_due: int
    rank: int
    suspended: int


def open_meters(connection: sa.Connection) -> None:
    """Make the temporary table in which this implementation keeps its own meters, for as long as the connection lives."""
    connection.exec_driver_sql(_METERS)


def day_by_sql(connection: sa.Connection, on: date, *, ageing: AgeingRules, compound_on_penalty: bool) -> list[LoanRow]:
    """Reckon the day `on` for every loan that is owed, before the day is run, and keep the meters for the next one."""
    number = on.toordinal()
    columns = ("i.period_start", "i.period_end", "i.payable_on", "l.matures_on", "m.through")
    begins, ends, payable, matures, through = (_ordinal(connection, column) for column in columns)
    statement = _DAY.format(
        begins=begins,
        ends=ends,
        payable=payable,
        matures=matures,
        through=through,
        million=MILLION,
        methods=_METHODS,
        owed=_OWED,
        earned_by_night=_EARNED.format(then="(:day + 1)"),
        earned_by_morning=_EARNED.format(then=":day"),
        rank=_RANK,
        floor_rank=_RANK.replace("five_class", "class_floor"),
    )
    given = {
        "day": number,
        "on_penalty": int(compound_on_penalty),
        "technical": ageing.technical_days,
        "substandard": ageing.substandard_days,
        "doubtful": ageing.doubtful_days,
        "loss": ageing.loss_days,
        "cross_own": ageing.cross_own_share_ppm,
    }
    rows = [LoanRow(*(int(cell) for cell in row)) for row in connection.execute(sa.text(statement), given)]
    connection.exec_driver_sql("DELETE FROM day_by_sql")
    if rows:
        connection.execute(
            sa.text("INSERT INTO day_by_sql VALUES (:loan_id, :through, :i, :p, :c, :pr, :cr)"),
            [
                {
                    "loan_id": row.loan_id, "through": number, "i": row.unpaid_interest, "p": row.unpaid_penalty,
                    "c": row.unpaid_compound, "pr": row.penalty_rest, "cr": row.compound_rest,
                }
                for row in rows
            ],
        )  # fmt: skip
    return rows


def _ordinal(connection: sa.Connection, name: str) -> str:
    if connection.dialect.name == "sqlite":
        return f"CAST(julianday({name}) - 1721424.5 AS INTEGER)"
    return f"({name} - DATE '0001-01-01' + 1)"
