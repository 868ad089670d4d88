"""The installed command in a process of its own, and what it left in a data folder."""

from __future__ import annotations

import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("roadwitness")
#: Generous: machines that test several things at once are slow.
PATIENCE_S = 280.0


@dataclass(frozen=True)
class Finished:
    """How a command ended and what it said."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def sentence(self) -> str:
        """The one sentence of a failure, without the command's name in front."""
        lines = self.stderr.splitlines()
        assert lines, "nothing was said on stderr"
        assert lines[-1].startswith("roadwitness: "), self.stderr
        return lines[-1].removeprefix("roadwitness: ")


def environment_settings() -> list[str]:
    """Settings of Roadwitness's own in this process's environment."""
    return [name for name in os.environ if name.startswith("ROADWITNESS_")]


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings of Roadwitness's own, and with ``changes``."""
    kept = {name: value for name, value in os.environ.items() if name not in environment_settings()}
    return {**kept, "COLUMNS": "80", **(changes or {})}


def roadwitness(
    *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Finished:
    """Run the command to its end."""
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        capture_output=True,
        env=environment(env),
        cwd=cwd,
        timeout=PATIENCE_S,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr.decode())


def succeed(*arguments: str | Path, env: Mapping[str, str] | None = None) -> Finished:
    """Run the command and expect that it is done."""
    done = roadwitness(*arguments, env=env)
    assert done.code == 0, done.stderr
    return done


def one_sentence(done: Finished) -> str:
    """The sentence of a command that failed and said nothing else, but for progress."""
    assert done.code == 1, done
    assert done.stdout == b""
    assert "Traceback" not in done.stderr
    rest = [line for line in done.stderr.splitlines()[:-1] if not line.startswith(("Register:", "Analysing"))]
    assert rest == []
    assert done.sentence.endswith(".")
    return done.sentence


class Running:
    """A command that goes on while a test talks to it; ``with`` ends it whatever happens."""

    def __init__(self, *arguments: str | Path, env: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [COMMAND, *map(str, arguments)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment(env),
        )
        self.stderr = ""

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read stderr until ``pattern`` was said."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := re.search(pattern, self.stderr)) is None:
            assert self._read(deadline - time.monotonic()), f"{pattern!r} never came:\n{self.stderr}"
        return found

    def wait(self) -> int:
        """Read to the end; the exit code."""
        deadline = time.monotonic() + PATIENCE_S
        while self._read(deadline - time.monotonic()):
            pass
        return self._process.wait(10)

    def interrupt(self) -> int:
        """Ctrl-C, and the exit code."""
        return self.end(signal.SIGINT)

    def end(self, number: signal.Signals) -> int:
        """A signal, and the exit code."""
        self._process.send_signal(number)
        return self.wait()

    def kill(self) -> bool:
        """SIGKILL; whether it was still running."""
        alive = self._process.poll() is None
        self._process.kill()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        return alive

    def _read(self, timeout_s: float) -> bool:
        assert self._process.stderr is not None
        with selectors.DefaultSelector() as ready:
            ready.register(self._process.stderr, selectors.EVENT_READ)
            assert ready.select(max(timeout_s, 0.0)), f"nothing more came:\n{self.stderr}"
        content = os.read(self._process.stderr.fileno(), 65536)
        self.stderr += content.decode(errors="replace")
        return bool(content)


def sql(data: Path, query: str) -> list[dict[str, Any]]:
    """The rows of a query, through the command."""
    answer = succeed("sql", query, "--data", data, "--format", "json")
    rows: list[dict[str, Any]] = json.loads(answer.stdout)["data"]
    return rows


def violations(data: Path) -> list[dict[str, Any]]:
    """Every violation in the store, as an analyst sees it."""
    return sql(
        data,
        """SELECT violation_id, toString(occurred_at) AS at, camera_id, offence, plate, speed_kmh,
            limit_kmh, keeper_id, status FROM v_violations ORDER BY violation_id""",
    )


def evidence_files(data: Path) -> dict[str, bytes]:
    """The evidence folder: path within it to bytes; a sealed original with its own key, which lies apart."""
    root = data / "evidence"
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in _files(root)}
    keys = {name.partition("/")[2]: files.pop(name) for name in list(files) if name.startswith("keys/")}
    return {name: keys.get(name.partition("/")[2], b"") + content for name, content in files.items()}


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def picture_files(data: Path) -> dict[str, bytes]:
    """The evidence without the signed statements, which name times and keys and so differ between folders."""
    files = evidence_files(data)
    return {name: content for name, content in files.items() if not content.startswith(b'{"statement":')}
