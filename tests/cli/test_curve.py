"""`python -m lrcore curve`: the rates, in every form."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from lrcore import parse_plan
from tests.cli.conftest import Command

STEP = "lr=0.05 StepLR(step_size=30, gamma=0.1)"
COSINE = "lr=0.1 CosineAnnealingLR(T_max=7)"


def test_a_curve_in_csv_equals_the_plan_in_every_digit(lrcore: Command) -> None:
    flags = "--steps 400 --steps-per-epoch 4 --format csv"
    rows = list(csv.reader(io.StringIO(lrcore("curve", STEP, COSINE, *flags.split()).stdout)))
    assert rows[0] == ["step", "epoch", STEP, COSINE]
    table = np.array(rows[1:], dtype=np.float64)
    steps = np.arange(400)
    np.testing.assert_array_equal(table[:, 0], steps)
    np.testing.assert_array_equal(table[:, 1], steps // 4)
    for column, text in ((2, STEP), (3, COSINE)):
        np.testing.assert_array_equal(table[:, column], parse_plan(text).lr(steps, 4))
    assert rows[1][2] == "0.05"  # the shortest digits


def test_a_curve_in_json_says_the_same(lrcore: Command) -> None:
    said = json.loads(lrcore("curve", STEP, "--steps", "95", "--every", "10", "--format", "json").stdout)
    assert said["step"] == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 94]
    assert said["plans"] == [{"plan": STEP, "lr": parse_plan(STEP).lr(said["step"]).tolist()}]


def test_a_curve_as_a_table_is_the_default(lrcore: Command) -> None:
    lines = lrcore("curve", STEP, "--every", "30").stdout.splitlines()
    assert lines[0] == f"plan 1: {STEP}"
    assert [line.split() for line in lines[2:]] == [
        ["step", "epoch", "plan", "1"],
        ["0", "0", "0.05"],
        ["30", "30", "0.005"],
        ["60", "60", "0.0005"],
        ["90", "90", "5e-05"],
        ["99", "99", "5e-05"],
    ]


def test_the_output_goes_to_a_file_in_the_form_of_its_name(lrcore: Command, tmp_path: Path) -> None:
    path = tmp_path / "curve.csv"
    assert lrcore("curve", STEP, "--steps", "3", "--output", str(path)).stdout == ""
    assert path.read_text(encoding="utf-8") == f'step,epoch,"{STEP}"\n0,0,0.05\n1,1,0.05\n2,2,0.05\n'


@pytest.mark.parametrize("name", ["curve", "train"])
def test_help_has_examples(lrcore: Command, name: str) -> None:
    assert f"python -m lrcore {name}" in lrcore(name, "--help").stdout.partition("examples:")[2]
