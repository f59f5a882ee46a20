"""The Curves page without a browser: state, callbacks and sentences, through Streamlit's AppTest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lrcore.analysis.run import Run
from lrcore.analysis.table import curve_csv
from lrcore.plan import Plan, parse_plan
from ui.curves.export import strides
from ui.curves.points import changed_points
from ui.server import engine

ROOT = Path(__file__).parents[2]
IMAGENET = {"curve_steps": "450360", "curve_epoch": "5004"}


@pytest.fixture(autouse=True)
def no_engine_left() -> Iterator[None]:
    yield
    engine.stop()


def opened(*plans: str, **words: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
    test.query_params["plan"] = list(plans) or ["lr=0.1 StepLR(step_size=30, gamma=0.1)"]
    for word, value in words.items():
        test.query_params[word] = value
    return test.switch_page(str(ROOT / "pages" / "curves.py")).run()


def with_tool(test: AppTest, name: str) -> AppTest:
    """The page with another tab open, as by a click on it."""
    test.session_state["tool"] = name
    return test.run()


def plans(test: AppTest) -> list[Plan]:
    return list(test.session_state["session"].workbench.experiment.plans)


def test_the_page_opens_without_an_exception() -> None:
    test = opened(**IMAGENET)
    assert not test.exception
    assert test.session_state["session"].workbench.horizon == Run(steps=450_360, steps_per_epoch=5004)


def test_a_preset_replaces_plans_and_horizon_and_undo_brings_them_back() -> None:
    test = opened()
    test.selectbox(key="preset").select("wsd").run()
    assert [plan.schedule.kind for plan in plans(test)] == ["WarmupStableDecay", "CosineAnnealingLR"]
    assert test.session_state["session"].workbench.horizon.steps == 50_000
    test.button(key="undo_curves").click().run()
    assert [plan.schedule.kind for plan in plans(test)] == ["StepLR"]
    assert not test.exception


def test_a_paste_without_its_base_lr_is_asked_for_it() -> None:
    test = opened()
    test.text_area(key="paste_text").input("StepLR(optimizer, 7, 0.5)").run()
    assert any("does not say its base lr" in caption.value for caption in test.caption)
    test.number_input(key="paste_base").set_value(0.4).run()
    test.button(key="paste_add").click().run()
    assert [plan.text for plan in plans(test)][1:] == ["lr=0.4 StepLR(step_size=7, gamma=0.5)"]
    assert not test.exception


def test_what_one_paste_was_given_is_not_used_for_the_next() -> None:
    test = opened()
    test.text_area(key="paste_text").input("StepLR(optimizer, 7, 0.5)").run()
    test.number_input(key="paste_base").set_value(0.0003).run()
    test.button(key="paste_add").click().run()
    test.text_area(key="paste_text").input("ExponentialLR(optimizer, 0.9)").run()
    assert test.number_input(key="paste_base").value == 0.1, "it is asked for anew"
    # a button that is pressed before the field is there
    test.text_area(key="paste_text").input("ExponentialLR(optimizer, 0.8)")
    test.button(key="paste_add").click().run()
    assert any("does not say its base lr" in error.value for error in test.error)
    assert [plan.text for plan in plans(test)][1:] == ["lr=0.0003 StepLR(step_size=7, gamma=0.5)"]
    test.button(key="paste_add").click().run()
    assert plans(test)[-1].text == "lr=0.1 ExponentialLR(gamma=0.8)"


def test_a_paste_is_drawn_to_its_end() -> None:
    test = opened("lr=0.1", curve_steps="2000", curve_epoch="10")
    cosine = "get_cosine_schedule_with_warmup(AdamW(m.parameters(), lr=1e-3), 500, {})"
    for steps, button, wanted in ((10_000, "paste_add", 10_000), (700, "paste_add", 10_000),
                                  (700, "paste_replace", 700)):  # fmt: skip
        test.text_area(key="paste_text").input(cosine.format(steps)).run()
        shown = test.session_state["session"].revealed
        test.button(key=button).click().run()
        assert not test.error
        assert test.session_state["session"].workbench.horizon.steps == wanted
        assert test.session_state["session"].revealed == shown + 1, "the chart comes into sight"


STEP_CALL = "scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)\n"
BY_HAND = '''def adjust_learning_rate(optimizer, iteration_count):
    """Imitating the original implementation"""
    lr = args.lr / (1.0 + args.lr_decay * iteration_count)
    for param_group in optimizer.param_groups:
        param_group['lr'] = lr
'''
BLOG = [
    "lr=0.0001 StepLR(step_size=30, gamma=0.1)",
    "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration",
]


def test_the_two_snippets_of_the_blog_together_ask_for_their_two_numbers() -> None:
    test = opened()
    test.text_area(key="paste_text").input(STEP_CALL + BY_HAND).run()
    assert any("does not say its base lr and lr" in caption.value for caption in test.caption)
    test.number_input(key="paste_base").set_value(1e-4).run()
    test.button(key="paste_replace").click().run()
    assert any("does not say lr" in error.value for error in test.error)
    test.number_input(key="paste_value_lr_decay").set_value(5e-5).run()
    test.button(key="paste_replace").click().run()
    assert [plan.text for plan in plans(test)] == BLOG
    assert not test.exception


def test_the_two_snippets_of_the_blog_one_after_the_other() -> None:
    test = opened()
    for code, button in ((STEP_CALL, "paste_replace"), (BY_HAND, "paste_add")):
        test.text_area(key="paste_text").input(code).run()
        test.number_input(key="paste_base").set_value(1e-4)
        if code == BY_HAND:
            test.number_input(key="paste_value_lr_decay").set_value(5e-5)
        test.run()
        test.button(key=button).click().run()
    assert [plan.text for plan in plans(test)] == BLOG
    assert not test.exception


@pytest.mark.parametrize("text", ["os.system('x')", "((((", "lr=0.1 Foo(x=1)", "lr=1e999"])
def test_what_cannot_be_read_is_answered_and_changes_nothing(text: str) -> None:
    test = opened()
    before = plans(test)
    test.text_area(key="paste_text").input(text).run()
    test.button(key="paste_replace").click().run()
    assert test.error
    assert plans(test) == before
    assert test.text_area(key="paste_text").value == text
    assert not test.exception


def test_more_than_twenty_plans_do_not_fit() -> None:
    test = opened(*["lr=0.1"] * 15)
    test.text_area(key="paste_text").input("\n".join(["lr=0.2"] * 6)).run()
    test.button(key="paste_add").click().run()
    assert any("20" in error.value for error in test.error)
    assert len(plans(test)) == 15


def test_a_hostile_link_gives_sentences() -> None:
    test = opened(curve_steps="1e9", metric="nan", question="x(", edit="99")
    assert not test.exception
    assert len([warning for warning in test.warning if "left out" in warning.value]) == 3


def test_foreign_words_are_neither_formatted_nor_loaded() -> None:
    test = opened("![x](http://foreign.example/x.png)", "lr=0.1")
    assert any(r"\!\[x\]\(" in warning.value for warning in test.warning)
    test.text_area(key="paste_text").input(
        "lr=0.3 Formula('lr*a**t*b**t', parameters={'a': 0.99, 'b': 0.99})"
    ).run()
    test.button(key="paste_add").click().run()
    assert any(r"lr\*a\*\*t\*b\*\*t" in success.value for success in test.success)


def test_an_emptied_field_is_no_zero() -> None:
    test = opened("lr=0.1", **IMAGENET, read_at="700")
    for field in ("read_at", "read_below", "curve_steps", "curve_steps_per_epoch", "question_steps"):
        before = test.session_state["session"].workbench
        test.number_input(key=f"{field}@0").set_value(None).run()
        assert test.session_state["session"].workbench == before
        assert not test.error
        assert test.number_input(key=f"{field}@0").value is not None


COUNTS = {"curve_steps": 1e5, "curve_steps_per_epoch": 1.5e3, "question_steps": 1e5, "read_at": 1.5e3}


def test_every_box_for_a_count_takes_it_as_the_browser_says_1e5() -> None:
    test = opened("lr=0.1", curve_steps="2000", curve_epoch="10")
    assert all(not isinstance(box.value, int) for box in test.number_input), "Streamlit would read 1e5 as 1"
    for field, value in COUNTS.items():
        test.number_input(key=f"{field}@0").set_value(value).run()
        assert not test.error
    view = test.session_state["session"].workbench.curves
    assert view.horizon == Run(steps=100_000, steps_per_epoch=1500)
    assert (view.question.steps, view.read_at) == (100_000, 1500)
    for field in COUNTS:
        test.number_input(key=f"{field}@0").set_value(2.5).run()
        assert r"2\.5" in test.error[0].value
        assert test.number_input(key=f"{field}@0").value == 2.5, "it stays to be corrected"
        test.number_input(key=f"{field}@0").set_value(COUNTS[field]).run()
        assert not test.error, "what was there before corrects it"
    assert test.session_state["session"].workbench.curves == view


def test_a_metric_can_be_undone() -> None:
    test = with_tool(opened("lr=0.1 ReduceLROnPlateau()", metric="1, 0.5"), "Metric")
    for button in ("metric_example", "metric_clear"):
        test.button(key=button).click().run()
        assert test.session_state["session"].workbench.curves.metric != (1.0, 0.5)
        test.button(key="undo_curves").click().run()
        assert test.session_state["session"].workbench.curves.metric == (1.0, 0.5)


def test_all_kinds_of_plans_open() -> None:
    test = opened(
        "lr=0.1 ReduceLROnPlateau()",
        "lr=0.1 Piecewise([[0, 0.1], [10, 0.2]])",
        "lr=0.1 CyclicLR(base_lr=0.001, max_lr=0.1)",
        "lr=0.1 ChainedScheduler([ConstantLR(factor=0.5, total_iters=4), ExponentialLR(gamma=0.9)])",
        ghost="yes",
        metric="1, 0.9, 0.9",
        **IMAGENET,
    )
    for tool in ("Paste", "Code", "Points", "Metric", "Export"):
        assert not with_tool(test, tool).exception


def test_a_tool_remembers_what_was_typed_and_chosen_while_another_is_open() -> None:
    test = opened("lr=0.1", "lr=0.2")
    test.text_area(key="paste_text").input("StepLR(optimizer").run()
    with_tool(test, "Code").selectbox(key="code_dialect").select("optax").run()
    test.selectbox(key="code_plan@0").select(1).run()
    with_tool(test, "Metric").text_area(key="metric@0").input("1, two").run()
    assert test.error
    with_tool(with_tool(test, "Export"), "Paste")
    assert test.text_area(key="paste_text").value == "StepLR(optimizer"
    with_tool(test, "Code")
    assert (test.selectbox(key="code_dialect").value, test.selectbox(key="code_plan@0").value) == ("optax", 1)
    assert "optax" in test.code[0].value
    assert "0.2" in test.code[0].value
    assert with_tool(test, "Metric").text_area(key="metric@0").value == "1, two"
    assert not test.exception


def test_the_code_is_that_of_a_plan_that_is_there() -> None:
    test = with_tool(opened("lr=0.1", "lr=0.2"), "Code")
    test.selectbox(key="code_plan@0").select(1).run()
    test.session_state["session"].workbench = opened("lr=0.3").session_state["session"].workbench
    assert "0.3" in test.run().code[0].value
    assert not test.exception


def test_a_formula_without_rates_on_the_wrong_clock_is_told_below_the_chart() -> None:
    test = opened("lr=0.3 Formula('1 / (50 - t)')", ghost="yes", curve_steps="100", curve_epoch="10")
    assert not test.exception
    assert any("which is no rate" in caption.value.replace("\\", "") for caption in test.caption)


def test_points_follow_the_editor() -> None:
    points = ((0.0, 0.1), (10.0, 0.2), (20.0, 0.3))
    change = {
        "edited_rows": {1: {"lr": 0.5}},
        "added_rows": [{"epoch": 5, "lr": 0.4}, {"epoch": 7}],
        "deleted_rows": [2],
    }
    assert changed_points(points, change, "epoch") == ((0.0, 0.1), (5.0, 0.4), (10.0, 0.5))


def test_a_csv_stays_within_fifty_megabytes() -> None:
    assert strides(Run(steps=1000), 20)[0] == 1
    assert strides(Run(steps=10_000_000), 20)[0] == 1000
    for steps in (99_999, 450_360, 9_999_999):
        for plans in (1, 3, 20):  # no number is longer than 1.2345678901234567e-100
            assert -(-steps // strides(Run(steps=steps), plans)[0]) * (plans + 2) * 25 < 50e6
    rows = "".join(curve_csv([parse_plan("lr=0.1")], Run(steps=1000), 10))
    assert rows.count("\n") == 102
