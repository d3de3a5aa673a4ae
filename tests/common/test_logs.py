"""What is logged of an error: of which kind it is and where it came from, and nothing that it says."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio
import logging
import sys

from common import logs

logs.configure("cellule", "test", sys.argv[1])


def fail():
    try:
        raise LookupError("already there: 732829320")
    except LookupError as cause:
        error = ValueError("typed: 732829320")
        error.add_note("noted: 732829320")
        raise error from cause


async def together():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(fail))


try:
    fail()
except ValueError as error:
    logs.get_logger("ours").error("failed", exc_info=error)
    logging.getLogger("library").exception("of a library")
asyncio.run(together())
"""


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_text_of_an_error_is_logged(level: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, level], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "732829320" not in done.stdout + done.stderr
    # At the most talkative level the event loop says which one it is, too.
    lines = [line for line in map(json.loads, done.stdout.splitlines()) if line["logger"] != "asyncio"]
    assert [line["event"] for line in lines] == ["failed", "of a library", "ended"]
    for line in lines[:2]:
        assert [error["exc_type"] for error in line["exception"]] == ["ValueError", "LookupError"]
        assert line["exception"][0]["frames"][-1]["name"] == "fail"
    [inner] = lines[2]["exception"][0]["exceptions"]
    assert inner[0]["exc_type"] == "ValueError"
