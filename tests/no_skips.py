"""A plugin for the whole run: a skipped test is a failure, since it would hide a part that is missing."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped."""
    if skipped := len(terminalreporter.stats.get("skipped", ())):
        terminalreporter.write_line(f"{skipped} test(s) skipped: each must run, or go.", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a success with skipped tests into a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
