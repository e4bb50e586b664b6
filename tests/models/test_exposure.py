"""Sums by district, class, borrower and client follow every change of a loan or guarantee, on both engines."""

from __future__ import annotations

import random
from datetime import date

import sqlalchemy as sa
from sqlmodel import select

from models import exposure
from models.exposure import BorrowerExposure, Breakdown, ExposureCell, GuaranteeCell, GuaranteeClient
from models.guarantee import Guarantee
from models.values.money import Money
from models.values.rate import Rate


def put_loan(session, number, **values):
    row = {
        "number": f"TBL-2012-{number:04d}",
        "contract_id": number,
        "application_id": 1,
        "firm_id": 1 + number % 3,
        "talent_id": 1,
        "product": "startup",
        "district": "北仑",
        "industry": "chips",
        "level": "national",
        "amount": 10_000_000,
        "disbursed": 10_000_000,
        "outstanding": 10_000_000,
        "rate": 60_000,
        "matures_on": "2015-01-01",
        "stage": "active",
        "five_class": "normal",
        "non_accrual": False,
        "synthetic": False,
        "label": "",
        "stamp": 1,
    } | values
    names = ", ".join(row)
    session.execute(sa.text(f"INSERT INTO loan ({names}) VALUES ({', '.join(':' + name for name in row)})"), row)


def a_guarantee():
    return Guarantee.model_validate(
        {
            "number": "TBG-2012-0001",
            "loan_number": "TBL-2012-0001",
            "application_id": 1,
            "decision_id": 1,
            "talent_id": 9,
            "amount": Money(4_000_000),
            "share_ppm": 800_000,
            "weight_ppm": 750_000,
            "fee_rate": Rate(10_000),
            "reserved_to": date(2013, 1, 1),
        }
    )


def without_references(session):
    """These tests look at the sums alone, so the loans hang on nothing."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    else:
        session.connection().exec_driver_sql("SET session_replication_role = 'origin'")
        for table in ("loan", "guarantee"):
            for name in session.execute(
                sa.text("SELECT conname FROM pg_constraint WHERE contype='f' AND conrelid = CAST(:t AS regclass)"),
                {"t": table},
            ).scalars():
                session.connection().exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


class TestTheCells:
    def test_follow_loans_through_any_sequence_of_changes(self, database):
        chance = random.Random(7)
        session_of = database.read if database.engine.dialect.name == "sqlite" else database.write
        with session_of() as session:
            without_references(session)
            for number in range(1, 31):
                put_loan(session, number, stage=chance.choice(["undrawn", "active", "defaulted"]))
            for _ in range(120):
                column, value = chance.choice(
                    [
                        ("stage", chance.choice(["active", "defaulted", "settled", "handed_over"])),
                        ("five_class", chance.choice(["normal", "special_mention", "loss"])),
                        ("outstanding", chance.randrange(0, 10_000_001)),
                        ("district", chance.choice(["北仑", "鄞州"])),
                    ]
                )
                session.execute(
                    sa.text(f"UPDATE loan SET {column} = :v WHERE contract_id = :n"),
                    {"v": value, "n": chance.randrange(1, 31)},
                )
                assert exposure.differences(session.connection()) == []
            owed = session.execute(
                sa.text("SELECT COUNT(*), SUM(outstanding) FROM loan WHERE stage IN ('active', 'defaulted')")
            ).one()
            cells = session.exec(
                select(sa.func.sum(ExposureCell.loans), sa.func.sum(ExposureCell.outstanding_fen)).where(
                    ExposureCell.dimension == Breakdown.ALL
                )
            ).one()
            borrowers = session.exec(
                select(sa.func.sum(BorrowerExposure.loans), sa.func.sum(BorrowerExposure.outstanding_fen))
            ).one()
            assert tuple(map(int, owed)) == tuple(map(int, cells)) == tuple(map(int, borrowers))
            session.rollback()

    def test_that_were_changed_behind_the_loans_back_are_found(self, sqlite_database):
        with sqlite_database.read() as session:
            without_references(session)
            put_loan(session, 1)
            session.execute(
                sa.text("UPDATE exposure_cell SET outstanding_fen = outstanding_fen + 1 WHERE dimension = 'district'")
            )
            found = exposure.differences(session.connection())
            assert [row for row, _ in found] == ["exposure_cell district/北仑/normal"]
            session.rollback()

    def test_weigh_guarantees_by_what_is_promised_and_what_is_in_force(self, sqlite_database):
        with sqlite_database.read() as session:
            without_references(session)
            session.add(a_guarantee())
            session.flush()
            assert session.exec(select(GuaranteeClient.liability)).one() == 4_000_000 * 750_000
            session.execute(sa.text("UPDATE guarantee SET stage = 'in_force', in_force = 3000000"))
            cell = session.exec(select(GuaranteeCell)).one()
            assert (cell.reserved_fen, cell.in_force_fen) == (0, 3_000_000)
            session.execute(sa.text("UPDATE guarantee SET stage = 'released', in_force = 0"))
            session.expire_all()
            assert session.exec(select(GuaranteeCell.guarantees)).one() == 0
            session.rollback()
