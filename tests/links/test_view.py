"""What the Curves page shows in the words of a link: each view comes back, and hostile words are left out."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrcore.analysis.clock.sharing import Sharing
from lrcore.analysis.decay_question import Question
from lrcore.analysis.run import STEPS_MAX, Run
from lrcore.links import CurveView, view_from_params
from tests.profiles import examples

IMAGENET = Run(steps=450_360, steps_per_epoch=5004)
GOLDEN = {  # links of this page that were given away; what they mean stays
    "curve_steps=450360&curve_epoch=5004&y_axis=log": CurveView(horizon=IMAGENET, log_y=True),
    "x_axis=log&edit=3&ghost=yes": CurveView(log_x=True, edited=2, ghost=True),
    "read_at=1000&read_below=0.001&metric=0.9,+0.7,+0.65": CurveView(
        read_at=1000, read_below=0.001, metric=(0.9, 0.7, 0.65)
    ),
    "accumulation=4": CurveView(sharing=Sharing(accumulation=4)),
    "question=decay(base_lr%3D0.1,+lr_decay%3D0.01,+step_size%3D500)": CurveView(
        question=Question(base_lr=0.1, lr_decay=0.01, step_size=500)
    ),
}


@pytest.mark.parametrize("link", GOLDEN)
def test_a_link_keeps_its_meaning(link: str) -> None:
    assert view_from_params(parse_qs(link)) == (GOLDEN[link], [])


views = st.builds(
    CurveView,
    horizon=st.none()
    | st.builds(Run, steps=st.integers(1, STEPS_MAX), steps_per_epoch=st.integers(1, STEPS_MAX)),
    log_x=st.booleans(),
    log_y=st.booleans(),
    edited=st.integers(0, 19),
    ghost=st.booleans(),
    read_at=st.none() | st.integers(0, STEPS_MAX - 1),
    read_below=st.none() | st.floats(1e-12, 10),
    metric=st.lists(st.integers(-1000, 1000).map(lambda n: n / 8), max_size=30).map(tuple),
    sharing=st.builds(Sharing, devices=st.integers(1, STEPS_MAX), accumulation=st.integers(1, 99)),
    question=st.builds(
        Question, base_lr=st.floats(1e-5, 1), gamma=st.floats(0.05, 1), steps=st.integers(2, STEPS_MAX)
    ),
)


@examples(100)
@given(view=views)
def test_any_view_comes_back_from_its_link(view: CurveView) -> None:
    assert view_from_params(parse_qs(urlencode(view.to_params(), doseq=True))) == (view, [])


@pytest.mark.parametrize(
    "link",
    [
        "curve_steps=0", "curve_steps=1e9", "curve_steps=99999999999", "curve_steps=" + "9" * 5000,
        "curve_steps=5&curve_epoch=x", "devices=0", "devices=1.5", "accumulation=" + "9" * 5000,
        "edit=0", "edit=second",
        "metric=1,nan", "metric=" + "1," * 2000, "read_at=-1", "read_below=0", "read_below=inf",
        "question=__import__('os')", "question=decay(base_lr=-1)", "question=decay(9**9**9)",
    ],
)  # fmt: skip
def test_a_hostile_word_is_left_out_with_a_sentence(link: str) -> None:
    view, problems = view_from_params(parse_qs(link))
    assert view == CurveView()
    assert len(problems) == 1
    assert "left out" in problems[0]
    assert len(problems[0]) < 400
