"""Provision runs: what each view asks for at a month's end, what was booked, and how the allowance moved to it."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from models.application import Product
from models.base import BigKey, InstantColumn, MoneyColumn, Row, WordColumn
from models.lending.ageing import FiveClass
from models.lending.loss_stage import LossStage
from models.policies.rules import ProvisionView
from models.values.money import ZERO, Money


class ProvisionRun(Row, table=True):
    """One reckoning of the allowance over all loans that the bank holds, once for a day. `view` is the one that was booked.

    `scenarios` are the expected losses of each scenario before weighting, in fen. `data` holds one line a loan (its id,
    product, stage, class, outstanding and what each view asks for), packed as `codec` says; the next run needs it to say
    what moved.
    """

    __tablename__ = "provision_run"

    on: date = Field(unique=True)
    view: ProvisionView = Field(sa_type=WordColumn(ProvisionView))
    rules_version: str = Field(max_length=200)
    loans: int
    scenarios: dict[str, int] = Field(default_factory=dict, sa_type=sa.JSON)
    codec: str = Field(max_length=40)
    data: bytes = Field(sa_type=sa.LargeBinary)
    sha256: bytes = Field(sa_type=sa.LargeBinary)
    actor_id: int = Field(sa_type=sa.BigInteger)
    at: datetime = Field(sa_type=InstantColumn)


class ProvisionLine(SQLModel, table=True):
    """What every view asks for, for the loans of one product, class and stage together."""

    __tablename__ = "provision_line"
    __table_args__ = (sa.UniqueConstraint("run_id", "product", "five_class", "stage"),)
    model_config = {"arbitrary_types_allowed": True}

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    run_id: int = Field(sa_type=sa.BigInteger, foreign_key="provision_run.id", index=True)
    product: Product = Field(sa_type=WordColumn(Product))
    five_class: FiveClass = Field(sa_type=WordColumn(FiveClass))
    stage: LossStage = Field(sa_type=WordColumn(LossStage))
    loans: int
    outstanding: Money = Field(sa_type=MoneyColumn)
    preset_a: Money = Field(sa_type=MoneyColumn)
    preset_b: Money = Field(sa_type=MoneyColumn)
    ecl: Money = Field(sa_type=MoneyColumn)


class ProvisionMove(SQLModel, table=True):
    """How the booked allowance of one product and stage came from the run before to this one; the amounts close to the fen.

    opening + transferred + added + repaid + remeasured + used = closing, and the closings of a product sum to
    `bank.allowance`. What was used by sales and write-offs stands as a negative amount.
    """

    __tablename__ = "provision_move"
    __table_args__ = (
        sa.UniqueConstraint("run_id", "product", "stage"),
        sa.CheckConstraint(
            "opening + transferred + added + repaid + remeasured + used = closing", name="closes_to_the_fen"
        ),
    )
    model_config = {"arbitrary_types_allowed": True}

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    run_id: int = Field(sa_type=sa.BigInteger, foreign_key="provision_run.id", index=True)
    product: Product = Field(sa_type=WordColumn(Product))
    stage: LossStage = Field(sa_type=WordColumn(LossStage))
    opening: Money = Field(default=ZERO, sa_type=MoneyColumn)
    transferred: Money = Field(default=ZERO, sa_type=MoneyColumn)
    added: Money = Field(default=ZERO, sa_type=MoneyColumn)
    repaid: Money = Field(default=ZERO, sa_type=MoneyColumn)
    remeasured: Money = Field(default=ZERO, sa_type=MoneyColumn)
    used: Money = Field(default=ZERO, sa_type=MoneyColumn)
    closing: Money = Field(default=ZERO, sa_type=MoneyColumn)
