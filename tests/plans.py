"""What the tests of plans share: the statements that an application sends, and what PostgreSQL does for one of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy import Engine, event

Sent = list[tuple[str, tuple[Any, ...]]]


@contextmanager
def heard() -> Iterator[Sent]:
    """The statements that this process sends meanwhile, with their parameters."""
    sent: Sent = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append((statement, tuple(parameters)))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def plan(bare: asyncpg.Connection, statement: str, parameters: tuple[Any, ...]) -> list[dict[str, Any]]:
    """What the database did for this statement, step by step."""
    told = await bare.fetchval(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", *parameters)
    return list(_steps(json.loads(told)[0]["Plan"]))


def _steps(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _steps(child)


def read_whole(nodes: list[dict[str, Any]]) -> set[str]:
    """The tables that were read from one end to the other."""
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}


def rows_of(nodes: list[dict[str, Any]], *tables: str) -> float:
    """How many rows of these tables were read, those thrown away included."""
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    of_these = [node for node in nodes if node.get("Relation Name") in tables]
    return sum(float(node["Actual Loops"]) * sum(float(node.get(name, 0)) for name in names) for node in of_these)
