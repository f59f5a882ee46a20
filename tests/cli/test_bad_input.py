"""What the command line cannot take: one sentence on standard error, exit code 2, and nothing else."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Command

STEP = "lr=0.05 StepLR(step_size=30, gamma=0.1)"


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["curve", "lr=0.1 Stepp(3)"], ["'Stepp'", "Did you mean StepLR?"]),
        (["curve", "lr=0"], ["base_lr=0", "above 0"]),
        (["curve", STEP, "--steps", "0"], ["--steps", "0"]),
        (["curve", STEP, "--every", "-1"], ["--every", "-1"]),
        (["curve", STEP, "--steps", "1000000000"], ["rows", "--every"]),
        (["curve", STEP, "--output", "/nowhere/x.csv"], ["/nowhere/x.csv", "cannot be written"]),
        (["curve"], ["usage:"]),
        ([], ["usage:"]),
        (["train"], ["nothing to train", "--plan"]),
        (["train", "--plan", "lr=x"], ["base lr must be a number", "'x'"]),
        (["train", "--plan", "lr=1", "--data", "moonss"], ["Did you mean moons?"]),
        (["train", "--plan", "lr=1", "--data", "spirals(arms=9)"], ["arms=9", "2 <= arms <= 5"]),
        (["train", "--plan", "lr=1", "--steps", "many"], ["steps must be a whole number", "'many'"]),
        (["train", "--plan", "lr=1", "--seeds", "99"], ["seeds=99", "20"]),
        (["train", "--plan", "lr=1", "--hidden", "a,b"], ["hidden"]),
        (["train", "--plan", "lr=1", "--activation", "sin"], ["activation='sin'", "tanh, relu, gelu"]),
        (["train", "--plan", "lr=1", "--optimizer", "adam"], ["Did you mean Adam?"]),
        (["train", "--plan", "lr=1", "--device", "tpu"], ["'tpu'", "cpu"]),
        (["train", "--plan", "lr=1", "--against", "2"], ["--against", "2"]),
        (["train", "--example", "nope"], ["'nope'", "01_open"]),
        (["train", "--experiment", "/nowhere.json"], ["/nowhere.json", "cannot be read"]),
        (["train", "--experiment", "README.md", "--example", "01_open"], ["not allowed with"]),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    lrcore: Command, arguments: list[str], parts: list[str]
) -> None:
    run = lrcore(*arguments, code=2)
    assert run.stdout == ""
    for part in parts:
        assert part in run.stderr


@pytest.mark.parametrize("text", ["", "{", "[1]", "NaN", '{"plans": []}', '{"steps": 5}', "[" * 100_000])
def test_a_bad_experiment_file_is_told(lrcore: Command, text: str) -> None:
    assert len(lrcore("train", "--experiment", "-", stdin=text, code=2).stderr) > 20
