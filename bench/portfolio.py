"""A portfolio of any size, put in by bulk inserts: synthetic rows for measuring pages, never for use.

Loans hang on firms, talents, applications and contracts as in life; the books get one entry for all principal, so that
the page's own reconciliation holds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from models.roles import SYSTEM
from models.values.money import Money
from models.values.rate import Rate
from talentbank.database import Database
from workflows.booking import book
from workflows.rulemaking import lay_first_rules

AT = datetime(2026, 1, 5, 2, tzinfo=UTC)
ON = date(2026, 1, 5)
SEED = 20121107
CHUNK = 5_000
DISTRICTS = ("北仑", "鄞州", "余姚", "慈溪", "奉化", "江北", "镇海", "海曙", "象山", "宁海")
INDUSTRIES = ("new_materials", "equipment", "chips", "biomedicine", "new_energy", "electronics", "software", "marine")
LEVELS = ("national", "provincial", "city", "district")
PRODUCTS = ("startup", "rd_centre", "new_product", "working_capital")
CLASSES = ("normal",) * 90 + ("special_mention",) * 6 + ("substandard",) * 2 + ("doubtful",) + ("loss",)
STAGES = ("contracted",) * 12 + ("draft", "submitted", "accepted", "due_diligence", "scored", "in_review", "decided")


def fill(database: Database, loans: int) -> None:
    """Put so many loans (and as many applications) into a fresh bank, with one entry for their principal."""
    chance = random.Random(SEED)
    rows = [_case(chance, number) for number in range(1, loans + 1)]
    with database.write() as session:
        lay_first_rules(session, on=ON, at=AT)
    with database.engine.begin() as connection:
        # Contracts name decisions and opinions that this portfolio does without.
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in ("talent", "firm", "application", "opinion", "panel", "decision", "contract", "loan"):
            for part in _chunks([row[table] for row in rows if table in row]):
                connection.execute(sa.insert(SQLModel.metadata.tables[table]), part)
    owed = Money(sum(row["loan"]["outstanding"].fen for row in rows))
    with database.write() as session:
        for event, parts, key in (
            ("bank_funded_by_owner", {"owner": "bank"}, "capital"),
            ("loan_approved", {"loan": "TBL-2025-0001", "application": "TBG-2025-0001"}, "approve"),
            ("disbursed", {"loan": "TBL-2025-0001"}, "disburse"),
        ):
            amounts = {"amount": owed} | ({"guaranteed": Money(0)} if event == "loan_approved" else {})
            book(session, event, key=key, cause="bench", amounts=amounts, parts=parts, by=SYSTEM, on=ON, at=AT)


def _chunks(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def _case(chance: random.Random, number: int) -> dict[str, dict[str, Any]]:
    district, industry = chance.choice(DISTRICTS), chance.choice(INDUSTRIES)
    product, amount = chance.choice(PRODUCTS), Money.wan(chance.randrange(50, 1_000))
    opened = date(2025, 1, 2) + timedelta(days=chance.randrange(360))
    matures = opened + timedelta(days=chance.randrange(380, 1_090))
    late = chance.choice(CLASSES)
    own = {"id": number, "stamp": 1, "synthetic": True, "label": "合成数据"}
    talent = own | {
        "name": f"合成{number:06d}",
        "name_sort": f"hecheng{number:06d}",
        "id_kind": "passport",
        "id_sealed": b"",
        "id_fingerprint": number.to_bytes(8, "big"),
        "id_masked": "****",
    }
    firm = own | {
        "name": f"宁波合成{number:06d}有限公司",
        "name_sort": f"ningbohecheng{number:06d}",
        "founder_id": number,
        "district": district,
        "industry": industry,
        "size": "micro",
        "staff": 9,
        "registered_capital": Money.wan(100),
    }
    application = own | {
        "number": f"TBA-2025-{number:04d}",
        "talent_id": number,
        "firm_id": number,
        "product": product,
        "amount": amount,
        "term_months": 24,
        "method": "interest_first",
        "purpose": "合成数据",
        "need": amount,
        "applied_on": opened - timedelta(days=40),
        "stage": chance.choice(STAGES),
    }
    panel = {"id": number, "stamp": 1, "subject": "application", "subject_id": number, "round": 1, "stage": "closed"}
    panel |= {"opened_on": opened, "due_on": opened, "rules_version": "bench"}
    opinion = {"id": number, "stamp": 1, "number": f"TBO-2025-{number:04d}", "panel_id": number}
    opinion |= {"application_id": number, "advice": "support", "total_hundredths": 8_000, "by_dimension": {}}
    opinion |= {"issued_on": opened, "issued_at": AT, "issued_by": 1, "rules_version": "bench"}
    decision = {"id": number, "stamp": 1, "number": f"TBS-2025-{number:04d}", "application_id": number}
    decision |= {"opinion_id": number, "outcome": "approved", "amount": amount, "guarantee_share_ppm": 0}
    decision |= {"decided_on": opened, "decided_at": AT, "decided_by": 1, "loan_number": f"TBL-2025-{number:04d}"}
    contract = {"id": number, "stamp": 1, "number": f"TBC-2025-{number:04d}", "application_id": number}
    contract |= {"decision_id": number, "firm_id": number, "lender_of_record": "bench", "amount": amount}
    contract |= {"rate": Rate(45_000), "lpr": Rate(30_000), "lpr_published": opened, "penalty_uplift_ppm": 500_000}
    contract |= {"misuse_uplift_ppm": 1_000_000, "day_basis": 360, "method": "interest_first", "settle_freq": "quarter"}
    contract |= {"settle_day": 20, "start_on": opened, "end_on": matures, "stage": "signed", "signed_on": opened}
    loan = own | {
        "number": f"TBL-2025-{number:04d}",
        "contract_id": number,
        "application_id": number,
        "firm_id": number,
        "talent_id": number,
        "product": product,
        "district": district,
        "industry": industry,
        "level": chance.choice(LEVELS),
        "amount": amount,
        "disbursed": amount,
        "outstanding": amount,
        "rate": Rate(45_000),
        "opened_on": opened,
        "matures_on": matures,
        "stage": "active",
        "five_class": late,
        "oldest_unpaid": opened if late != "normal" else None,
    }
    return {
        "talent": talent,
        "firm": firm,
        "application": application,
        "panel": panel,
        "opinion": opinion,
        "decision": decision,
        "contract": contract,
        "loan": loan,
    }
