"""What the funds are exposed to, kept up to date by the database itself with every change of a loan or guarantee.

The finance bureau's page must answer at once for a hundred thousand loans, so sums by district, industry, level,
product and class stand ready in `exposure_cell`, by borrower in `borrower_exposure`, by weight and client for
guarantees. Triggers keep them: whoever changes a loan changes its cell in the same statement. `talentbank verify`
proves them equal to the rows.
"""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.base import WordColumn
from models.lending.ageing import FiveClass

OWED = ("active", "defaulted")
"""Stages of a loan whose claim the bank still holds (`LoanStage.owed`)."""

THOUSAND_YUAN = 100_000
"""In fen: concentration is reckoned on outstanding amounts rounded to whole thousand yuan, so that squares stay exact."""


class Breakdown(StrEnum):
    """By what exposure is broken down; `ALL` is every loan."""

    ALL = "all"
    DISTRICT = "district"
    INDUSTRY = "industry"
    LEVEL = "level"
    PRODUCT = "product"


class ExposureCell(SQLModel, table=True):
    """The loans of one class that the bank still holds, under one word of one dimension (`all` has the empty word)."""

    __tablename__ = "exposure_cell"

    dimension: Breakdown = Field(sa_type=WordColumn(Breakdown, "dimension"), primary_key=True)
    word: str = Field(primary_key=True, max_length=40)
    five_class: FiveClass = Field(sa_type=WordColumn(FiveClass), primary_key=True)
    loans: int
    outstanding_fen: int = Field(sa_type=sa.BigInteger)
    squares: int = Field(sa_type=sa.BigInteger)


class BorrowerExposure(SQLModel, table=True):
    """What one firm owes the bank on all its loans."""

    __tablename__ = "borrower_exposure"
    __table_args__ = (sa.Index("ix_borrower_exposure_outstanding", "outstanding_fen"),)

    firm_id: int = Field(sa_type=sa.BigInteger, primary_key=True)
    loans: int
    outstanding_fen: int = Field(sa_type=sa.BigInteger)


class GuaranteeCell(SQLModel, table=True):
    """Guarantees that take capacity, by their regulatory weight (GUA-04): promised and in force."""

    __tablename__ = "guarantee_cell"

    weight_ppm: int = Field(primary_key=True)
    guarantees: int
    reserved_fen: int = Field(sa_type=sa.BigInteger)
    in_force_fen: int = Field(sa_type=sa.BigInteger)


class GuaranteeClient(SQLModel, table=True):
    """The weighted liability for one founder's firms, in fen times parts per million; for GUA-06."""

    __tablename__ = "guarantee_client"
    __table_args__ = (sa.Index("ix_guarantee_client_liability", "liability"),)

    talent_id: int = Field(sa_type=sa.BigInteger, primary_key=True)
    guarantees: int
    liability: int = Field(sa_type=sa.Numeric(30, 0).with_variant(sa.BigInteger, "sqlite"))


_STAGES = "('active', 'defaulted')"
_WORDS = (
    "(SELECT 'all' AS dimension, '' AS word UNION ALL SELECT 'district', {row}.district UNION ALL"
    " SELECT 'industry', {row}.industry UNION ALL SELECT 'level', {row}.level UNION ALL SELECT 'product', {row}.product)"
)
_CELL = (
    "INSERT INTO exposure_cell(dimension, word, five_class, loans, outstanding_fen, squares)"  # nosec B608  only constants of the program
    " SELECT words.dimension, words.word, {row}.five_class, {sign}1, {sign}{row}.outstanding,"
    " {sign}(({row}.outstanding + 50000) / 100000 * (({row}.outstanding + 50000) / 100000)) FROM " + _WORDS + " words"  # nosec B608  only constants of the program
    " WHERE {row}.stage IN " + _STAGES + " ON CONFLICT (dimension, word, five_class) DO UPDATE SET"  # nosec B608  only constants of the program
    " loans = exposure_cell.loans + excluded.loans,"
    " outstanding_fen = exposure_cell.outstanding_fen + excluded.outstanding_fen,"
    " squares = exposure_cell.squares + excluded.squares;"
)
_BORROWER = (
    "INSERT INTO borrower_exposure(firm_id, loans, outstanding_fen)"  # nosec B608  only constants of the program
    " SELECT {row}.firm_id, {sign}1, {sign}{row}.outstanding WHERE {row}.stage IN " + _STAGES + " ON CONFLICT (firm_id)"  # nosec B608  only constants of the program
    " DO UPDATE SET loans = borrower_exposure.loans + excluded.loans,"
    " outstanding_fen = borrower_exposure.outstanding_fen + excluded.outstanding_fen;"
)
_TAKES = "('reserved', 'proposed', 'in_force', 'called')"
_TAKEN = "(CASE WHEN {row}.stage IN ('reserved', 'proposed') THEN {row}.amount ELSE {row}.in_force END)"
_WEIGHT = (
    "INSERT INTO guarantee_cell(weight_ppm, guarantees, reserved_fen, in_force_fen)"  # nosec B608  only constants of the program
    " SELECT {row}.weight_ppm, {sign}1,"
    " {sign}(CASE WHEN {row}.stage IN ('reserved', 'proposed') THEN {row}.amount ELSE 0 END),"
    " {sign}(CASE WHEN {row}.stage IN ('in_force', 'called') THEN {row}.in_force ELSE 0 END)"
    " WHERE {row}.stage IN " + _TAKES + " ON CONFLICT (weight_ppm) DO UPDATE SET"  # nosec B608  only constants of the program
    " guarantees = guarantee_cell.guarantees + excluded.guarantees,"
    " reserved_fen = guarantee_cell.reserved_fen + excluded.reserved_fen,"
    " in_force_fen = guarantee_cell.in_force_fen + excluded.in_force_fen;"
)
_CLIENT = (
    "INSERT INTO guarantee_client(talent_id, guarantees, liability)"  # nosec B608  only constants of the program
    " SELECT {row}.talent_id, {sign}1, {sign}({row}.weight_ppm * " + _TAKEN + ")"  # nosec B608  only constants of the program
    " WHERE {row}.stage IN " + _TAKES + " ON CONFLICT (talent_id) DO UPDATE SET"  # nosec B608  only constants of the program
    " guarantees = guarantee_client.guarantees + excluded.guarantees,"
    " liability = guarantee_client.liability + excluded.liability;"
)
_KEPT = {
    "loan": (
        (_CELL, _BORROWER),
        ("district", "industry", "level", "product", "five_class", "outstanding", "stage", "firm_id"),
    ),
    "guarantee": ((_WEIGHT, _CLIENT), ("weight_ppm", "amount", "in_force", "stage", "talent_id")),
}


def _said(statements: tuple[str, ...], row: str, sign: str) -> str:
    return " ".join(statement.format(row=row, sign=sign) for statement in statements)


def keepers(dialect: str) -> list[str]:
    """The triggers (and functions) that keep the sums, one statement each, for `sqlite` or `postgresql`."""
    made = []
    for table, (statements, columns) in _KEPT.items():
        add, take = _said(statements, "NEW", "+"), _said(statements, "OLD", "-")
        changed = ", ".join(columns)
        if dialect == "sqlite":
            made += [
                f"CREATE TRIGGER {table}_exposure_in AFTER INSERT ON {table} BEGIN {add} END",
                f"CREATE TRIGGER {table}_exposure_change AFTER UPDATE OF {changed} ON {table} BEGIN {take} {add} END",
                f"CREATE TRIGGER {table}_exposure_out AFTER DELETE ON {table} BEGIN {take} END",
            ]
        else:
            made += [
                f"CREATE FUNCTION {table}_exposure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                f" IF TG_OP <> 'INSERT' THEN {take} END IF; IF TG_OP <> 'DELETE' THEN {add} END IF; RETURN NULL; END $$",
                f"CREATE TRIGGER {table}_exposure AFTER INSERT OR UPDATE OF {changed} OR DELETE ON {table}"
                f" FOR EACH ROW EXECUTE FUNCTION {table}_exposure()",
            ]
    return made


def unkeepers(dialect: str) -> list[str]:
    """The statements that take the keepers off again, for a downgrade."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {table}_exposure_{when}" for table in _KEPT for when in ("in", "change", "out")]
    return [
        statement
        for table in _KEPT
        for statement in (f"DROP TRIGGER {table}_exposure ON {table}", f"DROP FUNCTION {table}_exposure")
    ]


def differences(connection: sa.Connection) -> list[tuple[str, str]]:
    """Every kept sum that differs from its rows, as (row, what differs); empty when all hold."""
    found: list[tuple[str, str]] = []
    for name, statement in _PROOFS.items():
        rows: list[Any] = list(connection.exec_driver_sql(statement))
        found += [(f"{name} {row[0]}", f"kept {row[1]}, rows {row[2]}") for row in rows]
    return found


_ONE_DIMENSION = (
    " UNION ALL SELECT '{name}/' || {word} || '/' || five_class, 0, outstanding FROM loan WHERE stage IN " + _STAGES  # nosec B608  only constants of the program
)
_PROOFS = {
    "exposure_cell": (
        "SELECT k, SUM(kept), SUM(counted) FROM ("  # nosec B608  nothing comes from outside
        "SELECT dimension || '/' || word || '/' || five_class AS k, outstanding_fen AS kept, 0 AS counted"
        " FROM exposure_cell"
        + "".join(
            _ONE_DIMENSION.format(name=one.value, word="''" if one is Breakdown.ALL else one.value) for one in Breakdown
        )
        + ") sums GROUP BY k HAVING SUM(kept) <> SUM(counted)"
    ),
    "borrower_exposure": (
        "SELECT k, SUM(kept), SUM(counted) FROM ("  # nosec B608
        " SELECT firm_id AS k, outstanding_fen AS kept, 0 AS counted FROM borrower_exposure UNION ALL"
        f" SELECT firm_id, 0, outstanding FROM loan WHERE stage IN {_STAGES}) sums"
        " GROUP BY k HAVING SUM(kept) <> SUM(counted)"
    ),
    "guarantee_cell": (
        "SELECT k, SUM(kept), SUM(counted) FROM ("  # nosec B608
        " SELECT weight_ppm AS k, reserved_fen + in_force_fen AS kept, 0 AS counted FROM guarantee_cell UNION ALL"
        f" SELECT weight_ppm, 0, {_TAKEN.format(row='guarantee')} FROM guarantee WHERE stage IN {_TAKES}) sums"
        " GROUP BY k HAVING SUM(kept) <> SUM(counted)"
    ),
}
