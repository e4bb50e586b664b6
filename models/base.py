"""What every row shares: an id, a version stamp, and columns that hold exact things."""

# No `from __future__ import annotations` in files with tables: SQLModel reads the annotations at run time.
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from models.values.money import LIMIT_FEN, Money
from models.values.rate import Rate

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigKey = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A 64-bit primary key; SQLite only numbers rows by itself for its own word INTEGER."""


class FenColumn(TypeDecorator[int]):
    """Whole fen as a plain int, for the ledger's own tables; refuses anything that is not exactly an int."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: sa.Dialect) -> int | None:
        if value is not None and (type(value) is not int or not -LIMIT_FEN < value < LIMIT_FEN):
            raise TypeError(f"{value!r} is not a number of whole fen below 2^62")
        return value


class MoneyColumn(TypeDecorator[Money]):
    """`Money` stored as whole fen."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        if not isinstance(value, Money):
            raise TypeError(f"{value!r} is not Money")
        return value.fen

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Money | None:
        return None if value is None else Money(value)


class RateColumn(TypeDecorator[Rate]):
    """`Rate` stored as whole parts per million a year."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Rate | None, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        if not isinstance(value, Rate):
            raise TypeError(f"{value!r} is not a Rate")
        return value.ppm

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Rate | None:
        return None if value is None else Rate(value)


class InstantColumn(TypeDecorator[datetime]):
    """A moment, always with its zone when given and always UTC when read."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a moment needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def WordColumn(words: type[StrEnum], name: str = "") -> sa.Enum:
    """A column of a vocabulary: stored as the word itself, with a CHECK of the database against any other.

    `name` tells the CHECK's name where a table has two columns of one vocabulary.
    """
    return sa.Enum(
        words,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name or words.__name__.lower(),
        values_callable=lambda kind: [word.value for word in kind],
    )


class Row(SQLModel):
    """Every noun's row: its id, and a stamp that grows with each change, so that a stale page is noticed."""

    model_config = {"arbitrary_types_allowed": True}
    __version_column__: ClassVar[bool] = True

    id: int | None = Field(default=None, sa_type=BigKey, primary_key=True)
    stamp: int = Field(default=1, sa_type=sa.Integer, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.stamp}  # type: ignore[attr-defined]

    @property
    def key(self) -> int:
        """The id of a row that has been flushed."""
        if self.id is None:
            raise LookupError(f"{type(self).__name__} has no id before it is flushed")
        return self.id
