"""Joint review: experts, panels, seats, sealed score sheets, the opinion. It knows nothing of loans: a panel reviews
whatever subject it is seated for (`subject`, `subject_id`)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import InstantColumn, MoneyColumn, RateColumn, Row, WordColumn
from models.states.application import PanelStage, SeatStage
from models.values.money import Money
from models.values.rate import Rate


class Discipline(StrEnum):
    """The four groups of experts (TB-05)."""

    TECHNOLOGY = "technology"
    POLICY = "policy"
    CREDIT = "credit"
    INVESTMENT = "investment"


class Dimension(StrEnum):
    """The four dimensions of the review (TB-05, TB-07)."""

    RD_STRENGTH = "rd_strength"  # 研发实力
    RELIABILITY = "reliability"  # 项目可靠性
    PROGRESS = "progress"  # 产品研发进度
    MARKET = "market"  # 市场前景


class Advice(StrEnum):
    """What a panel can say (TB-08)."""

    SUPPORT = "support"
    CONDITIONAL = "conditional"
    RESUBMIT = "resubmit"
    REJECT = "reject"


class TieKind(StrEnum):
    """What may connect an expert to a talent or a firm (TB-06); `declared` is whatever he names himself."""

    EMPLOYMENT = "employment"
    KINSHIP = "kinship"
    SHAREHOLDING = "shareholding"
    CO_OWNERSHIP = "co_ownership"
    SUPERVISION = "supervision"
    DECLARED = "declared"


class Expert(Row, table=True):
    """A person on the roster (评审专家)."""

    name: str = Field(max_length=120)
    discipline: Discipline = Field(sa_type=WordColumn(Discipline), index=True)
    specialities: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    employer: str = Field(default="", max_length=160)
    active: bool = True
    label: str = Field(default="", max_length=40)


class Tie(Row, table=True):
    """What connects an expert to a firm or a talent, and so bars him for years after it ended (回避, TB-06)."""

    __table_args__ = (
        sa.CheckConstraint("talent_id IS NOT NULL OR firm_id IS NOT NULL", name="to_somebody"),
        sa.CheckConstraint(
            "kind IN ('employment', 'kinship', 'shareholding', 'co_ownership', 'supervision', 'declared')", name="kind"
        ),
    )

    expert_id: int = Field(sa_type=sa.BigInteger, foreign_key="expert.id", index=True)
    talent_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="talent.id")
    firm_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="firm.id")
    kind: str = Field(max_length=20)
    ended_on: date | None = None
    note: str = Field(default="", max_length=200)


class Panel(Row, table=True):
    """One sitting over one subject."""

    __table_args__ = (
        sa.UniqueConstraint("subject", "subject_id", "round"),
        sa.Index("ix_panel_stage", "stage", "due_on"),
    )

    subject: str = Field(max_length=32)
    subject_id: int = Field(sa_type=sa.BigInteger)
    round: int = Field(default=1, ge=1)
    stage: PanelStage = Field(default=PanelStage.OPEN, sa_type=WordColumn(PanelStage))
    opened_on: date
    due_on: date
    closed_at: datetime | None = Field(default=None, sa_type=InstantColumn)
    rules_version: str = Field(max_length=60)


class Seat(Row, table=True):
    """An expert in a panel, for one discipline."""

    __table_args__ = (sa.UniqueConstraint("panel_id", "expert_id"),)

    panel_id: int = Field(sa_type=sa.BigInteger, foreign_key="panel.id", index=True)
    expert_id: int = Field(sa_type=sa.BigInteger, foreign_key="expert.id", index=True)
    discipline: Discipline = Field(sa_type=WordColumn(Discipline))
    stage: SeatStage = Field(default=SeatStage.INVITED, sa_type=WordColumn(SeatStage))


class Sheet(Row, table=True):
    """A submitted sheet of one expert: sealed by its hash; a newer one of the same seat supersedes it."""

    __table_args__ = (sa.UniqueConstraint("seat_id", "version"),)

    seat_id: int = Field(sa_type=sa.BigInteger, foreign_key="seat.id", index=True)
    version: int = Field(default=1, ge=1)
    scores: dict[str, int] = Field(sa_type=sa.JSON)
    comments: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    advice: Advice = Field(sa_type=WordColumn(Advice))
    opinion: str = Field(max_length=2000)
    no_conflict: bool = True
    sent_at: datetime = Field(sa_type=InstantColumn)
    seal: str = Field(max_length=64)


class Opinion(Row, table=True):
    """The credit-decision opinion (信贷决策意见书) in which a panel's session ends. It advises (TB-09)."""

    number: str = Field(unique=True, max_length=24)
    panel_id: int = Field(sa_type=sa.BigInteger, foreign_key="panel.id", unique=True)
    application_id: int = Field(sa_type=sa.BigInteger, foreign_key="application.id", index=True)
    advice: Advice = Field(sa_type=WordColumn(Advice))
    total_hundredths: int = Field(ge=0, le=10_000)
    by_dimension: dict[str, int] = Field(sa_type=sa.JSON)
    agreement: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    amount: Money | None = Field(default=None, sa_type=MoneyColumn)
    term_months: int | None = None
    rate: Rate | None = Field(default=None, sa_type=RateColumn)
    guarantee_share: Rate | None = Field(default=None, sa_type=RateColumn)
    conditions: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    dissent: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    reasons: str = Field(default="", max_length=4000)
    issued_on: date
    issued_at: datetime = Field(sa_type=InstantColumn)
    issued_by: int = Field(sa_type=sa.BigInteger)
    rules_version: str = Field(max_length=60)
    document_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="document.id")
