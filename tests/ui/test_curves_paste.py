"""The paste box of the Curves page, without a browser: what it asks for, reads, refuses and shows."""

from __future__ import annotations

import pytest

from tests.ui.test_curves_page import no_engine_left, opened, plans

__all__ = ["no_engine_left"]  # a fixture


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


def test_that_a_paste_gives_all_plans_another_run_is_said_and_taken_back() -> None:
    test = opened("lr=0.1", curve_steps="2000", curve_epoch="32")
    before = test.session_state["session"].workbench
    one_cycle = "lr=0.1 OneCycleLR(max_lr=0.1, total_steps=500)"
    test.text_area(key="paste_text").input(one_cycle).run()
    test.button(key="paste_add").click().run()
    assert (
        "The run now takes 16,000 updates for all plans instead of 2,000, so that plan 2 is seen to its end:"
        " 500 epochs of 32 updates." in [said.value.replace("\\", "") for said in test.success]
    )
    test.button(key="paste_undo").click().run()
    assert test.session_state["session"].workbench == before
    test.text_area(key="paste_text").input("lr=0.1 CosineAnnealingLR(T_max=10)").run()
    test.button(key="paste_add").click().run()
    assert not any("for all plans" in said.value for said in test.success), "it lies within the run"
    assert not any(button.key == "paste_undo" for button in test.button)


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


def test_foreign_words_are_neither_formatted_nor_loaded() -> None:
    test = opened("![x](http://foreign.example/x.png)", "lr=0.1")
    assert any(r"\!\[x\]\(" in warning.value for warning in test.warning)
    test.text_area(key="paste_text").input(
        "lr=0.3 Formula('lr*a**t*b**t', parameters={'a': 0.99, 'b': 0.99})"
    ).run()
    test.button(key="paste_add").click().run()
    assert any(r"lr\*a\*\*t\*b\*\*t" in success.value for success in test.success)
