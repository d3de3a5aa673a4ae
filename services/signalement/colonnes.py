"""Columns for closed lists: text that the database itself checks."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, Enum, String
from sqlalchemy.dialects.postgresql import ARRAY


def code(name: str, codes: type[StrEnum], *, nullable: bool = False) -> "Column[Any]":
    """A column that holds one of `codes`."""
    kind = Enum(
        codes,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=30,
        values_callable=lambda members: [member.value for member in members],
    )
    return Column(name, kind, nullable=nullable)


def codes_list(name: str) -> "Column[Any]":
    """A column that holds several codes; give the table `only_codes` as well."""
    return Column(name, ARRAY(String(30)), nullable=False)


def only_codes(name: str, codes: type[StrEnum]) -> CheckConstraint:
    """The check that a `codes_list` holds nothing else."""
    values = ", ".join(f"'{code.value}'" for code in codes)
    return CheckConstraint(f"{name} <@ ARRAY[{values}]::varchar[]", name=name)


def moment(name: str, *, nullable: bool = False) -> "Column[Any]":
    """A column for a moment: always with its time zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable)
