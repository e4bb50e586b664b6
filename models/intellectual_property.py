"""Intellectual property as security: assets, their owners and fees, valuations, pledges (rulebook section 6)."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field

from models.base import MoneyColumn, RateColumn, Row, WordColumn
from models.values.money import Money
from models.values.rate import Rate


class IPKind(StrEnum):
    """Kinds of property that can be pledged (IP-13); know-how cannot be registered and counts as none (TB-10)."""

    INVENTION = "invention"
    UTILITY = "utility"
    DESIGN = "design"
    TRADEMARK = "trademark"
    SOFTWARE = "software"
    IC_LAYOUT = "ic_layout"
    PLANT_VARIETY = "plant_variety"
    KNOW_HOW = "know_how"


class IPStatus(StrEnum):
    """What the register says about the right."""

    FILED = "filed"
    GRANTED = "granted"
    LAPSED = "lapsed"
    INVALIDATED = "invalidated"
    DISPUTED = "disputed"


class PledgeBar(StrEnum):
    """Why a right cannot serve as security: the register would refuse its pledge (IP-04, IP-10, IP-23)."""

    NOT_OWNER = "not_owner"  # 出质人不是登记权利人
    ENDED = "ended"  # 权利已终止或被宣告无效
    NOT_GRANTED = "not_granted"  # 尚未授权
    FEE_UNPAID = "fee_unpaid"  # 未按规定缴纳年费
    DISPUTED = "disputed"  # 权属争议或被保全
    ENDS_BEFORE_DEBT = "ends_before_debt"  # 债务期限超过权利有效期
    CO_OWNER = "co_owner"  # 共有人未同意(IP-09)
    SERVICE_INVENTION = "service_invention"  # 职务发明权属未明(IP-23)
    NOT_REGISTRABLE = "not_registrable"  # 不能办理质押登记(TB-10)
    FULLY_PLEDGED = "fully_pledged"  # 已质押且无余值


class IPAsset(Row, table=True):
    """A right, or an application for one, offered as security (知识产权)."""

    __tablename__ = "ip_asset"
    __table_args__ = (
        sa.CheckConstraint("expires_on IS NULL OR expires_on > filed_on", name="term"),
        sa.CheckConstraint("claims >= 0 AND family_size >= 0 AND citations >= 0", name="counts"),
        sa.Index("ix_ip_asset_status", "status"),
        sa.Index("ix_ip_asset_fees_paid_through", "fees_paid_through"),
    )

    talent_id: int = Field(sa_type=sa.BigInteger, foreign_key="talent.id", index=True)
    firm_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="firm.id", index=True)
    kind: IPKind = Field(sa_type=WordColumn(IPKind))
    number: str = Field(unique=True, max_length=40)
    title: str = Field(max_length=200)
    owner: str = Field(max_length=160)
    co_owners: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    co_owner_consent: bool = False
    service_invention_cleared: bool = True
    claims: int = 0
    family_size: int = 0
    citations: int = 0
    filed_on: date
    granted_on: date | None = None
    expires_on: date | None = None
    fees_paid_through: date | None = None
    status: IPStatus = Field(default=IPStatus.FILED, sa_type=WordColumn(IPStatus))
    technical_score: int = Field(default=50, ge=0, le=100)
    economic_score: int = Field(default=50, ge=0, le=100)


class Valuation(Row, table=True):
    """What an asset was found to be worth: by whom, when, how, as a range (IP-15). Valid a year from its base date."""

    __table_args__ = (sa.CheckConstraint("low >= 0 AND low <= middle AND middle <= high", name="range"),)

    asset_id: int = Field(sa_type=sa.BigInteger, foreign_key="ip_asset.id", index=True)
    base_date: date
    method: str = Field(max_length=60)
    appraiser: str = Field(max_length=120)
    low: Money = Field(sa_type=MoneyColumn)
    middle: Money = Field(sa_type=MoneyColumn)
    high: Money = Field(sa_type=MoneyColumn)
    document_id: int | None = Field(default=None, sa_type=sa.BigInteger, foreign_key="document.id")


class Pledge(Row, table=True):
    """An asset pledged for a contract (质押); it secures nothing before its registration (IP-01)."""

    __table_args__ = (
        sa.CheckConstraint("secured > 0", name="secured_positive"),
        sa.CheckConstraint("(registration_number IS NULL) = (registered_on IS NULL)", name="registered_with_number"),
        sa.CheckConstraint("released_on IS NULL OR registered_on IS NOT NULL", name="released_after_registration"),
    )

    asset_id: int = Field(sa_type=sa.BigInteger, foreign_key="ip_asset.id", index=True)
    contract_id: int = Field(sa_type=sa.BigInteger, foreign_key="contract.id", index=True)
    rank: int = Field(default=1, ge=1)
    secured: Money = Field(sa_type=MoneyColumn)
    pledge_rate: Rate = Field(sa_type=RateColumn)
    registration_number: str | None = Field(default=None, unique=True, max_length=20)
    registered_on: date | None = None
    released_on: date | None = None
