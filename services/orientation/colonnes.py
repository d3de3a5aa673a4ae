"""Kinds of column that the tables of this service share."""

from enum import Enum
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field


def moment(*, nullable: bool = False) -> Any:
    """A moment, always with its time zone."""
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)


def un_code(**options: Any) -> Any:
    """One code of a closed list, as text; the list itself is a CHECK."""
    return Field(sa_type=String(40), **options)


def des_codes(**options: Any) -> Any:
    """Several codes."""
    return Field(sa_type=ARRAY(String(40)), **options)


def parmi(colonne: str, liste: type[Enum]) -> CheckConstraint:
    """The CHECK that keeps a column within a closed list."""
    valeurs = ", ".join(f"'{membre.value}'" for membre in liste)
    return CheckConstraint(f"{colonne} IN ({valeurs})", name=colonne)
