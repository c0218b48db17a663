"""The one MetaData and the column shorthands the table modules share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, MetaData, Text, false
from sqlalchemy.types import TypeEngine

from data_access.types import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def required(name: str, type_: TypeEngine[Any] | type[TypeEngine[Any]], **kw: Any) -> Column[Any]:
    """A NOT NULL column."""
    return Column(name, type_, nullable=False, **kw)


def instant(name: str, *, nullable: bool = True) -> Column[Any]:
    """A UTC instant; NULL means it has not happened."""
    return Column(name, Instant, nullable=nullable)


def text(name: str) -> Column[Any]:
    """An optional text."""
    return Column(name, Text)


def flag(name: str) -> Column[Any]:
    """A boolean that is false unless said otherwise."""
    return Column(name, Boolean, nullable=False, server_default=false())
