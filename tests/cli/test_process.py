"""The command line as a process of its own: what only that can show."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.source import ROOT

STEP = "lr=0.05 StepLR(step_size=30, gamma=0.1)"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "lrcore", *arguments]


def test_the_entry_point_ends_with_the_commands_code_and_without_a_traceback(lrcore: Command) -> None:
    run = subprocess.run(
        command("curve", "lr=0.1 Stepp(3)"), capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == lrcore("curve", "lr=0.1 Stepp(3)", code=2).stderr


def test_ctrl_c_prints_what_was_run() -> None:
    flags = "--plan lr=0.1 --steps 20000 --batch-size 8 --seeds 4 --progress --format json"
    process = subprocess.Popen(
        command("train", *flags.split()),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stderr is not None
    while process.stderr.read(1) not in ("%", ""):  # the bar appears with the first evaluation
        pass
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    said = json.loads(stdout)
    assert said["stopped"] is True
    assert 0 <= said["steps_done"] < 20_000


def test_a_closed_pipe_is_silent() -> None:
    arguments = command("curve", STEP, "--steps", "2000000", "--format", "csv")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == 141
        assert process.stderr.read() == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is Linux's")
@pytest.mark.parametrize("flags", [[], ["--output", "/dev/full"]])
def test_a_full_disk_is_said_without_a_traceback(flags: list[str]) -> None:
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            command("curve", STEP, "--steps", "5", *flags),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            check=False,
        )
    assert run.returncode == 1
    assert "No space left" in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_help_and_curves_cost_no_torch() -> None:
    code = """
import contextlib, sys
from lrcore.__main__ import main
main(["curve", "lr=1", "--steps", "2"])
with contextlib.suppress(SystemExit):
    main(["train", "--help"])
sys.exit("torch" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True).returncode == 0
