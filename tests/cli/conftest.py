"""The command line called in this process: a process of its own imports everything anew, torch too."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from lrcore.__main__ import main


@dataclass(frozen=True)
class Output:
    """What a command wrote."""

    stdout: str
    stderr: str


Command = Callable[..., Output]


@pytest.fixture
def lrcore(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """`lrcore("curve", "lr=0.1", stdin="", code=0)`: runs the command, which must end with `code`."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # which `train` sets too: monkeypatch puts back what it was

    def run(*arguments: str, stdin: str = "", code: int = 0) -> Output:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            ended: int | str | None = main(arguments)
        except SystemExit as end:  # argparse's way out
            ended = end.code
        said = Output(*capsys.readouterr())
        assert ended == code, said.stderr
        return said

    return run
