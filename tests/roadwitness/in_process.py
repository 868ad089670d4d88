"""The command line called in this process: faster, for what opens no store (a process can have but one)."""

from __future__ import annotations

import sys

import pytest

from roadwitness.cli import main
from tests.roadwitness.command import Finished


class CommandLine:
    """Calls ``roadwitness`` with arguments and catches what it writes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: object) -> Finished:
        """Run a command to its end."""
        self._monkeypatch.setattr(sys, "argv", ["roadwitness", *map(str, arguments)])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Finished(ended.value.code, said.out.encode(), said.err)

    def fail(self, *arguments: object) -> str:
        """Run a command that must fail with one sentence on stderr and nothing else; the sentence."""
        done = self(*arguments)
        assert done.code == 1, done
        assert done.stdout == b""
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert done.sentence.endswith("."), done.sentence
        return done.sentence
