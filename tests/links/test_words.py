"""docs/links.md is what the declarations say, and every word in it is written and read."""

from __future__ import annotations

import pytest

from lrcore.analysis.clock.sharing import Sharing
from lrcore.analysis.decay_question import Question
from lrcore.analysis.run import Run
from lrcore.experiment import Experiment
from lrcore.links import CurveView, from_params, to_params, unknown_words, view_from_params
from lrcore.links.__main__ import page
from lrcore.links.words import WORDS, Word
from tests.source import ROOT

NAMES = {word.name for word in WORDS}
OF_THE_PAGE = {"lr_axis", "loss", "loss_axis"}  # written by the session: tests/ui/test_link_words.py
FULL = CurveView(
    horizon=Run(steps=100, steps_per_epoch=10),
    log_x=True,
    log_y=True,
    edited=1,
    ghost=True,
    read_at=7,
    read_below=0.01,
    metric=(1.0, 0.5),
    sharing=Sharing(devices=4, accumulation=2),
    question=Question(step_size=7),
)


def test_the_page_is_what_the_declarations_say() -> None:
    written = (ROOT / "docs" / "links.md").read_text(encoding="utf-8")
    assert written == "\n".join(page()) + "\n", "docs/links.md is old: make docs"


def test_every_word_that_is_written_stands_in_the_table() -> None:
    experiment = Experiment.model_validate({"plans": ["lr=0.1"]})
    assert {*to_params(experiment), *FULL.to_params()} == NAMES - OF_THE_PAGE


@pytest.mark.parametrize("word", [word for word in WORDS if word.page == "every page"], ids=lambda w: w.name)
def test_the_example_of_a_word_of_the_experiment_is_read(word: Word) -> None:
    default = Experiment.model_validate(
        {"plans": ["lr=7"], "batch_size": 7, "steps": 7, "seeds": 7, "model": {"hidden": [7]}}
    )
    experiment, problems = from_params({word.name: [word.example]}, default)
    assert problems == []
    assert experiment != default
    assert from_params(to_params(experiment), default)[0] == experiment


def test_the_examples_of_the_curves_page_are_read() -> None:
    params = {word.name: [word.example] for word in WORDS if word.page == "Curves"}
    view, problems = view_from_params(params)
    assert problems == []
    assert set(view.to_params()) == set(params)


def test_words_and_values_that_are_not_known_are_told_and_no_others() -> None:
    assert unknown_words({word.name: [word.example] for word in WORDS}) == []
    assert unknown_words({**FULL.to_params(), "loss": ["training"]}) == []
    problems = unknown_words({"split": ["val"], "loss": ["valid"], "x_axis": ["logarithmic"], "y_axis": []})
    assert "split" in problems[0]
    assert "it is validation or training, but" in problems[1]
    assert len(problems) == 3
    many = unknown_words({f"{'long' * 200}{number}": ["x"] for number in range(300)})
    assert len(many) == 6
    assert max(map(len, many)) < 400
