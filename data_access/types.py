"""Column types, and texts, that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, TypeDecorator
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

# An autoincrementing key must be INTEGER on SQLite to be the row id; elsewhere it is 64 bits wide.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_epoch_ms(value: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00Z of an aware instant (rounded down).

    Raises ValueError for a naive datetime: the product has no local time inside.
    """
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value!r}: an instant needs a time zone")
    delta = value - _EPOCH
    return delta.days * 86_400_000 + delta.seconds * 1000 + delta.microseconds // 1000


def from_epoch_ms(value: int) -> datetime:
    """The aware UTC instant of milliseconds since the epoch."""
    return datetime.fromtimestamp(value // 1000, tz=UTC).replace(microsecond=value % 1000 * 1000)


def is_storable(text: str) -> bool:
    """Whether a database takes the text: no zero byte and no half of a character pair."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant: TIMESTAMPTZ on PostgreSQL, INTEGER epoch milliseconds on SQLite.

    Integers keep a million cases at 138 MB instead of 317 MB in text. Python sees aware UTC
    datetimes on both, cut to the millisecond so that both engines return what was stored.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(TIMESTAMP(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        ms = to_epoch_ms(value)
        return ms if dialect.name == "sqlite" else from_epoch_ms(ms)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return from_epoch_ms(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class epoch_ms(FunctionElement[int]):
    """SQL expression: an Instant column as integer epoch milliseconds (NULL stays NULL)."""

    inherit_cache = True
    name = "epoch_ms"
    type = BigInteger()


@compiles(epoch_ms, "sqlite")
def _epoch_ms_sqlite(element: epoch_ms, compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(epoch_ms, "postgresql")
def _epoch_ms_postgresql(element: epoch_ms, compiler: Any, **kw: Any) -> str:
    column = compiler.process(element.clauses, **kw)
    return f"CAST(floor(EXTRACT(EPOCH FROM {column}) * 1000) AS BIGINT)"
