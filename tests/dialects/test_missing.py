"""What a paste does not give: named by the error, taken from lines of their own or from `values`; and what is
no step is never one."""

from __future__ import annotations

import pytest

from lrcore import PlanError, plan_from_code

RULE = """def adjust_learning_rate(optimizer, iteration_count):
    lr = {lr} / (1.0 + {decay} * iteration_count)
    for param_group in optimizer.param_groups:
        param_group['lr'] = lr
"""
ADAIN = "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration"
PREFIXES = ["args.{}", "self.{}", "config.{}", "opt.{}", 'cfg["{}"]', "cfg.optim.{}", "{}"]


def rule(prefix: str) -> str:
    return RULE.format(lr=prefix.format("lr"), decay=prefix.format("lr_decay"))


@pytest.mark.parametrize(
    "text", ["nan", "inf", "NaN", "-inf", "float('nan')", "float('inf')", "np.nan", "math.inf", "nan * 0.1"]
)
def test_what_is_not_finite_is_no_rate(text: str) -> None:
    for code in (f"lr={text}", f"lr = {text}"):
        with pytest.raises(PlanError):
            plan_from_code(code)


@pytest.mark.parametrize(
    "text",
    ["foo", "0.1 * foo", "foo / 2", "0.1 * warmup_steps", "0.1 * 0.9 ** max_epochs", "0.1 / num_epochs"],
)
def test_a_name_that_is_no_step_is_not_taken_for_it(text: str) -> None:
    with pytest.raises(PlanError, match="does not depend on the step"):
        plan_from_code(f"lr = {text}")


@pytest.mark.parametrize(
    "name",
    ["iteration", "iteration_count", "it", "step", "epoch", "t", "global_step", "self.step", "train_step"],
)
def test_names_of_the_step(name: str) -> None:
    assert plan_from_code(f"lr = 0.1 * 0.9 ** {name}").schedule.kind == "ExponentialLR"


@pytest.mark.parametrize("prefix", PREFIXES)
def test_lines_of_their_own_give_what_a_rule_takes_from_elsewhere(prefix: str) -> None:
    assert plan_from_code("lr_decay = 5e-5\nlr = 1e-4\n" + rule(prefix)).text == ADAIN


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_is_missing_is_named_and_can_be_given(prefix: str) -> None:
    with pytest.raises(PlanError) as refusal:
        plan_from_code(rule(prefix))
    assert refusal.value.missing == ("base_lr", "lr_decay")
    assert plan_from_code(rule(prefix), values={"base_lr": 1e-4, "lr_decay": 5e-5}).text == ADAIN
    assert plan_from_code(rule(prefix), 1e-4, {"lr_decay": 5e-5}).text == ADAIN


def test_a_call_names_what_it_misses_too() -> None:
    with pytest.raises(PlanError) as refusal:
        plan_from_code("StepLR(optimizer, step_size=args.step_size)", 0.1)
    assert refusal.value.missing == ("step_size",)
    read = plan_from_code("StepLR(optimizer, step_size=args.step_size)", 0.1, {"step_size": 30.0})
    assert read.text == "lr=0.1 StepLR(step_size=30, gamma=0.1)"
    with pytest.raises(PlanError) as refusal:
        plan_from_code("StepLR(optimizer, 30)")
    assert refusal.value.missing == ("base_lr",)


def test_other_errors_miss_nothing() -> None:
    with pytest.raises(PlanError) as refusal:
        plan_from_code("x = (((")
    assert refusal.value.missing == ()


def test_a_bare_expression_is_a_rule() -> None:
    code = "lr / (1.0 + lr_decay * iteration_count)"
    assert plan_from_code(code, 1e-4, {"lr_decay": 5e-5}).text == ADAIN
    assert plan_from_code("return base_lr * 0.9 ** epoch", 0.1).text == "lr=0.1 ExponentialLR(gamma=0.9)"


@pytest.mark.parametrize("values", [{"x": float("nan")}, {"x": "1"}, {"x": True}, {"base_lr": 0.0}])
def test_a_value_is_a_finite_number(values: dict[str, float]) -> None:
    with pytest.raises(PlanError):
        plan_from_code(rule("args.{}"), values=values)


def test_a_loop_over_very_many_is_read_once() -> None:
    code = (
        "opt = SGD(w, lr=0.1)\nscheduler = StepLR(opt, 30)\nfor i in range(160000):\n    train(i)\n   "
        " scheduler.step()"
    )
    assert plan_from_code(code).text == "lr=0.1 StepLR(step_size=30, gamma=0.1) per iteration"
    with pytest.raises(PlanError, match="more than 1000"):
        plan_from_code("opt = SGD(w, lr=0.1)\nMultiStepLR(opt, milestones=list(range(160000)))")
