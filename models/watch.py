"""Early warnings and the watch list: what was seen, who owns it, by when (风险预警)."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Row, WordColumn
from models.states.aftercare import WatchStage


class AlarmLevel(StrEnum):
    """Red, orange, yellow: always shown with the word."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"


class Signal(StrEnum):
    """What was seen: the first ones by the clock, the others by people (system.md section 9)."""

    OVERDUE = "overdue"
    MATURITY_NEAR = "maturity_near"
    PATENT_FEE_LATE = "patent_fee_late"
    PATENT_LOST = "patent_lost"
    KEY_PERSON_LEFT = "key_person_left"
    GROUP_MEMBER_BAD = "group_member_bad"
    COVENANT_BROKEN = "covenant_broken"
    COURT_RECORD = "court_record"
    TAX_RECORD = "tax_record"
    PRODUCT_DELAYED = "product_delayed"
    USE_DIVERTED = "use_diverted"
    PAYMENT_LATE = "payment_late"
    OTHER = "other"


class WatchCase(Row, table=True):
    """One warning about one loan; the same signal is raised once while it is open."""

    __tablename__ = "watch_case"
    __table_args__ = (sa.Index("ix_watch_case_stage", "stage", "due_on"),)

    loan_id: int = Field(sa_type=sa.BigInteger, foreign_key="loan.id", index=True)
    signal: str = Field(max_length=40)
    level: AlarmLevel = Field(sa_type=WordColumn(AlarmLevel))
    evidence: str = Field(max_length=400)
    raised_on: date
    due_on: date
    owner_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="app_user.id")
    stage: WatchStage = Field(default=WatchStage.OPEN, sa_type=WordColumn(WatchStage))
