"""What all tests share: the Kafka broker, the real clips, and the rule that CI skips nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest_plugins = ["tests.kafka_broker", "tests.s3_server"]

REPOSITORY = Path(__file__).parents[1]


def shared_folder() -> Path:
    """Where the real clips and data lie: ``ROADWITNESS_SHARED``, or beside the checkout."""
    return Path(os.environ.get("ROADWITNESS_SHARED", REPOSITORY.parent / "shared"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """``ROADWITNESS_REQUIRE=all`` says that nothing may be missing: a skipped test then fails the run.

    All but those whose reason begins with ``optional:``: no machine has every extra and every accelerator.
    """
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("ROADWITNESS_REQUIRE") != "all" or reporter is None:
        return
    skipped = [report for report in reporter.stats.get("skipped", []) if not _optional(report)]
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(
            f"{len(skipped)} tests were skipped, and ROADWITNESS_REQUIRE=all allows none.", red=True
        )
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _optional(report: pytest.TestReport) -> bool:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    return reason.removeprefix("Skipped: ").startswith("optional:")
