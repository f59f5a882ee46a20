"""A link says an experiment; old links keep their meaning, and hostile ones are answered with sentences and
the default."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore import Experiment, ExperimentError
from lrcore.gallery.examples import EXAMPLES, Example
from lrcore.links import LINK_MAX, Params, from_params, read_word, to_params
from tests.profiles import examples
from tests.strategies import experiments

DEFAULT = EXAMPLES["01_open"].experiment
GOLDEN = json.loads((Path(__file__).parents[1] / "golden_links.json").read_text(encoding="utf-8"))
WORDS = ("plan", "data", "model", "optimizer", "batch_size", "steps", "seeds")


def opened(link: str) -> tuple[Experiment, list[str]]:
    return from_params(parse_qs(link, keep_blank_values=True), DEFAULT)


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_comes_back_from_its_link(example: Example) -> None:
    assert opened(urlencode(to_params(example.experiment), doseq=True)) == (example.experiment, [])


@examples(150)
@given(experiment=experiments())
def test_any_experiment_comes_back_from_its_link(experiment: Experiment) -> None:
    again, problems = opened(urlencode(to_params(experiment), doseq=True))
    assert (again, problems) == (experiment, [])
    assert again.id == experiment.id


@pytest.mark.parametrize("golden", GOLDEN, ids=[golden["link"][:60] for golden in GOLDEN])
def test_a_link_of_an_earlier_version_keeps_its_meaning(golden: dict[str, object]) -> None:
    # the opening experiment when these links were made
    then = Experiment.model_validate(GOLDEN[0]["experiment"])
    experiment, problems = from_params(parse_qs(str(golden["link"]), keep_blank_values=True), then)
    assert problems == []
    assert experiment.model_dump(mode="json") == golden["experiment"]


def test_a_link_is_short_enough_to_read() -> None:
    params = to_params(
        Experiment.model_validate(
            {"plans": ["lr=0.3"], "data": {"kind": "spirals", "arms": 3}, "optimizer": "Adam"}
        )
    )
    assert params == {
        "plan": ["lr=0.3"],
        "data": ["spirals(arms=3)"],
        "model": ["MLP"],
        "optimizer": ["Adam"],
        "batch_size": ["32"],
        "steps": ["2000"],
        "seeds": ["5"],
    }


def test_what_a_link_leaves_out_is_the_opening_experiments() -> None:
    assert opened("") == (DEFAULT, [])
    assert opened("utm_source=x&theme=dark") == (DEFAULT, [])  # words of others are theirs
    experiment, problems = opened("steps=50&seeds=2")
    assert problems == []
    assert experiment == DEFAULT.model_copy(update={"steps": 50, "seeds": 2})


@pytest.mark.parametrize("link", ["steps=50", "plan=lr%3D0.1", "data=sine", "steps=50&seeds=many"])
def test_a_link_that_says_something_but_no_seeds_means_five_whatever_the_page_opens_with(link: str) -> None:
    assert DEFAULT.seeds == 8
    assert opened(link)[0].seeds == 5
    assert opened("plan=x")[0] == opened("seeds=many")[0] == DEFAULT, "nothing is said that could be used"


def test_the_last_of_a_repeated_word_counts() -> None:
    assert opened("steps=50&steps=60")[0].steps == 60


@pytest.mark.parametrize(
    ("text", "hidden"),
    [("MLP(hidden=[8, 4])", (8, 4)), ("MLP(activation=relu)", (32, 32)), ("MLP()", (32, 32))],
)
def test_a_bare_name_is_a_text(text: str, hidden: tuple[int, ...]) -> None:
    model = read_word("model", text)
    assert model.hidden == hidden
    assert model.activation == ("relu" if "relu" in text else "tanh")


HOSTILE = [
    *(
        "",
        " ",
        "nan",
        "inf",
        "-1",
        "0",
        "1e5",
        "2.5",
        "99999999999999999999",
        "9" * 5000,
        "٣x",
        "NaN(",
        "None",
        "True",
    ),
    *(
        "<script>alert(1)</script>",
        "javascript:alert(1)",
        "'; DROP TABLE runs; --",
        "../../etc/passwd",
        "{{7*7}}",
        "%00",
        "\0",
        "a\0b",
    ),
    *("\ud800", "🙂", "ｌｒ＝０．１", "\u202elr=1", "x" * 20_001, "(" * 10_000, "[" * 300, "a(" * 200),
    *(
        "spirals(arms=nan)",
        "spirals(arms=99)",
        "spirals(3)",
        "spirals(**{})",
        "spirals(arms=[])",
        "spirals({[]: 1})",
        "spirals(arms={[]: 1})",
    ),
    *(
        "spirals(arms=2, arms=3)",
        "spirals(kind=1)(2)",
        "spirals(n_train=9**9**9)",
        "MLP(hidden=nan)",
        "MLP(hidden=[0])",
        "MLP(hidden=[1e400])",
    ),
    *(
        "CNN()",
        "SGD(momentum=1e400)",
        "SGD(momentum=0, nesterov=True)",
        "Adam(lr=1)",
        "adam",
        "__import__('os')",
        "lr=1 StepLR({[]: 1})",
    ),
    *(
        "lr=0",
        "lr=nan",
        "lr=1 StepLR(0)",
        "lr=1 Stepp(3)",
        "lr=1 StepLR(step_size=nan)",
        "lambda: 1",
        "a.b",
        "SGD.__init__()",
    ),
]


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:30])
def test_a_hostile_word_is_left_out_with_a_sentence(word: str, text: str) -> None:
    experiment, problems = from_params({word: [text]}, DEFAULT)
    assert experiment == DEFAULT
    assert len(problems) == 1
    assert 20 < len(problems[0]) < 700


@examples(300)
@given(
    st.dictionaries(
        st.sampled_from(WORDS) | st.text(max_size=5),
        st.lists(st.text() | st.sampled_from(HOSTILE), max_size=3),
        max_size=7,
    )
)
def test_no_link_raises(params: Params) -> None:
    experiment, problems = from_params(params, DEFAULT)
    assert isinstance(experiment, Experiment)
    assert all(len(problem) > 20 for problem in problems)
    assert problems or from_params(to_params(experiment), DEFAULT)[0] == experiment


def test_one_bad_word_does_not_spoil_the_good_ones() -> None:
    experiment, problems = opened("plan=lr%3D0.1&plan=lr%3Dx&plan=lr%3D0.2&data=moonss&steps=70")
    assert [plan.text for plan in experiment.plans] == ["lr=0.1", "lr=0.2"]
    assert experiment.data == DEFAULT.data
    assert experiment.steps == 70
    assert len(problems) == 2
    assert "'x'" in problems[0]
    assert "Did you mean moons?" in problems[1]


def test_a_hundred_kilobytes_are_not_read() -> None:
    experiment, problems = from_params({"plan": ["lr=0.1 " + " " * 100_000]}, DEFAULT)
    assert experiment == DEFAULT
    assert f"{LINK_MAX:,} characters" in problems[0]


def test_thousands_of_plans_are_cut_to_the_limit() -> None:
    experiment, problems = from_params({"plan": ["lr=0.1"] * 5000}, DEFAULT)
    assert len(experiment.plans) == 20
    assert problems == ["This link has 5000 plans; the first 20 are shown."]


def test_thousands_of_words_are_answered_briefly() -> None:
    experiment, problems = from_params(
        {"plan": ["x"] * 5000, **{f"w{i}": ["1"] for i in range(5000)}}, DEFAULT
    )
    assert experiment == DEFAULT
    assert len(problems) == 6  # a page shows these
    assert "4995 more plans" in problems[-1]


def test_an_experiment_beyond_the_limits_is_not_used() -> None:
    experiment, problems = opened(
        "seeds=20&steps=20000&model=MLP(hidden%3D[256,256,256,256,256,256])&batch_size=1024"
    )
    assert experiment == DEFAULT
    assert "one job may take" in problems[0]


@pytest.mark.parametrize(
    ("word", "text"), [("data", "spiralz"), ("steps", "many"), ("model", "CNN"), ("optimizer", "SGD(3)")]
)
def test_a_single_word_tells_what_is_wrong(word: str, text: str) -> None:
    with pytest.raises(ExperimentError):
        read_word(word, text)
