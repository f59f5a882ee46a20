"""Pastes as people make them: prefixes, constants, hand-written rules, and a sentence for what cannot be
read."""

from __future__ import annotations

import numpy as np
import pytest

from lrcore import PlanError, plan_from_code, plans_from_code

READ = [
    (
        (
            "optimizer = torch.optim.SGD(m.parameters(), lr=0.05)\ns ="
            " torch.optim.lr_scheduler.StepLR(optimizer, 30)"
        ),
        "lr=0.05 StepLR(step_size=30, gamma=0.1)",
    ),
    (
        "from torch.optim.lr_scheduler import StepLR as S\nopt = SGD(w, 0.1)\nS(opt, 3)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "opt = SGD(w, 0.1)\ns = StepLR(opt, 3)\nfor e in E:\n  for b in B:\n    s.step()",
        "lr=0.1 StepLR(step_size=3, gamma=0.1) per iteration",
    ),
    ("lr = 0.1 / (1 + 0.01 * iteration)", "lr=0.1 InverseTimeDecay(lr_decay=0.01) per iteration"),
    ("base_lr = 0.1\nlr = base_lr * (0.1 ** (epoch // 30))", "lr=0.1 StepLR(step_size=30, gamma=0.1)"),
    ("lr = 0.1 * (1 - epoch / 100) ** 0.9", "lr=0.1 PolynomialLR(total_iters=100, power=0.9)"),
    (
        "lr = 0.1 if epoch < 30 else 0.01 if epoch < 60 else 0.001",
        "lr=0.1 MultiStepLR(milestones=[30, 60], gamma=0.1)",
    ),
    (
        (
            "parser.add_argument('--lr', type=float, default=1e-4)\nparser.add_argument('--lr_decay',"
            " type=float, default=5e-5)\ndef adjust_learning_rate(optimizer, iteration_count):\n    lr ="
            " args.lr / (1.0 + args.lr_decay * iteration_count)\n    for param_group in"
            " optimizer.param_groups:\n        param_group['lr'] = lr\n"
        ),
        "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration",
    ),
    (
        "lr=0.05 StepLR(step_size=30, gamma=0.1) per iteration",
        "lr=0.05 StepLR(step_size=30, gamma=0.1) per iteration",
    ),
    (
        "opt = SGD(w, lr=0.1)\nWarmup(StepLR(step_size=3), warmup_steps=5)",
        "lr=0.1 Warmup(StepLR(step_size=3, gamma=0.1), warmup_steps=5)",
    ),
    (">>> opt = SGD(w, lr=0.1)\n>>> StepLR(opt, 3)", "lr=0.1 StepLR(step_size=3, gamma=0.1)"),
    ("optax.sgd(0.1)", "lr=0.1"),
    (
        (
            "opt = SGD(w, lr=0.1)\nmake = functools.partial(StepLR, step_size=3, gamma=0.5)\nscheduler ="
            " make(opt)"
        ),
        "lr=0.1 StepLR(step_size=3, gamma=0.5)",
    ),
    (
        (
            "s = optax.exponential_decay(1.0, 10, 0.5, end_value=0.1)\ntx = optax.adam(lambda step: -0.5 *"
            " s(step))"
        ),
        "lr=0.5 ExponentialDecay(decay_steps=10, decay_rate=0.5, end_lr=0.05) per iteration",
    ),
    (
        (
            "optax.chain(optax.scale_by_adam(), optax.scale_by_schedule(optax.cosine_decay_schedule(1.0,"
            " 50)), optax.scale(-0.1))"
        ),
        "lr=0.1 CosineCycles(T=50) per iteration",
    ),
    ("optax.chain(optax.sgd(0.1), optax.scale(0.5))", "lr=0.05"),
    (
        (
            "s = optax.piecewise_interpolate_schedule('linear', 1.0, {9: 0.0})\ndef lr_fn(step):\n    part ="
            " s(step)\n    return part / 4"
        ),
        "lr=0.25 Piecewise([[0, 1], [9, 0]], interpolation='linear', relative=True) per iteration",
    ),
    (
        (
            "def scheduler(epoch, lr):\n    if epoch < 10:\n        return lr\n    else:\n        return lr *"
            " 0.9\nmodel.compile(keras.optimizers.SGD(), loss='mse')\ncallback ="
            " keras.callbacks.LearningRateScheduler(scheduler)"
        ),
        "lr=0.01 MultiplicativeLR(lr_lambda='1 if t < 10 else 1 * 0.9')",
    ),
    (
        "keras.callbacks.LearningRateScheduler(lambda epoch: 0.1 * 0.9 ** epoch)",
        "lr=0.1 ExponentialLR(gamma=0.9)",
    ),
    (
        "def f(epoch, lr):\n    return 0.1 * 0.9 ** epoch\nLearningRateScheduler(f)",
        "lr=0.1 ExponentialLR(gamma=0.9)",
    ),
    (
        "opt = keras.optimizers.Adam(0.2)\nLearningRateScheduler(lambda epoch, lr: lr * 0.5)",
        "lr=0.1 ExponentialLR(gamma=0.5)",
    ),
    (
        (
            "def make(lr, steps=20):\n    return optax.cosine_decay_schedule(lr, steps)\nschedule = make(0.2,"
            " steps=30)"
        ),
        "lr=0.2 CosineCycles(T=30) per iteration",
    ),
    (
        (
            "def make(lr):\n    return optax.constant_schedule(lr)\ndef both(lr=0.3):\n    return"
            " optax.join_schedules([make(lr), make(lr / 2)], [9])\nschedule = both(0.2)"
        ),
        "lr=0.2 SequentialLR([Constant(), Scaled(Constant(), factor=0.5)], milestones=[9]) per iteration",
    ),
    (
        (
            "def make(cfg):\n    return optax.cosine_decay_schedule(cfg['lr'], cfg['n'])\nmake({'lr': 0.2,"
            " 'n': 30})"
        ),
        "lr=0.2 CosineCycles(T=30) per iteration",
    ),
    (
        "def make(lr=0.1):\n    return optax.cosine_decay_schedule(lr, 9)\na = make(0.2)\nb = make(0.2)",
        "lr=0.2 CosineCycles(T=9) per iteration",
    ),
    (
        "StepLR(SGD([{'params': w, 'lr': 0.3}, {'params': b, 'lr': 0.1}], lr=0.2), 3)",
        "lr=0.3 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "StepLR(SGD([{'params': w}, {'params': b, 'lr': 0.1}], lr=0.2), 3)",
        "lr=0.2 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "opt = SGD(w, lr=0.1)\nMultiStepLR(opt, np.array([2, 5]))",
        "lr=0.1 MultiStepLR(milestones=[2, 5], gamma=0.1)",
    ),
    (
        "StepLR(SGD(w, lr=tf.constant(0.1)), 3)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        (
            "s = [None] * 2\nopt = SGD(p, lr=1.0)\ns[0] = ConstantLR(opt, 0.1, 3)\ns[1] = StepLR(opt,"
            " 5)\nSequentialLR(opt, s, [3])"
        ),
        (
            "lr=1 SequentialLR([ConstantLR(factor=0.1, total_iters=3), StepLR(step_size=5, gamma=0.1)],"
            " milestones=[3])"
        ),
    ),
    ("opt = SGD(w, lr=0.1)\npartial(StepLR, step_size=3)(opt)", "lr=0.1 StepLR(step_size=3, gamma=0.1)"),
    (
        "opt = SGD(w, lr=0.1)\npartial(partial(StepLR, gamma=0.5), step_size=3)(opt)",
        "lr=0.1 StepLR(step_size=3, gamma=0.5)",
    ),
    (
        "opt = SGD(w, lr=0.1)\ncls = torch.optim.lr_scheduler.StepLR\ns = cls(opt, 3)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        (
            "def make(own, size, gamma=0.5):\n  return StepLR(own, size, gamma)\nopt = SGD(w, lr=0.1)\ns ="
            " make(opt, 3, gamma=0.2)"
        ),
        "lr=0.1 StepLR(step_size=3, gamma=0.2)",
    ),
    (
        (
            "def get_scheduler(own, name):\n  if name == 'step':\n    return StepLR(own, 3)\n  return"
            " ExponentialLR(own, 0.9)\ns = get_scheduler(SGD(w, lr=0.1), 'exp')"
        ),
        "lr=0.1 ExponentialLR(gamma=0.9)",
    ),
    (
        "opt = SGD([{'params': a, 'lr': 0.01}, {'params': b}], lr=0.1)\nStepLR(opt, 3)",
        "lr=0.01 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "opt = SGD(w, lr=0.1)\nfor g in opt.param_groups:\n  g['lr'] = 0.5\nStepLR(opt, 3)",
        "lr=0.5 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "class cfg:\n  size = 3\nopt = SGD(w, lr=0.1)\nStepLR(opt, cfg.size)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        (
            "class Config:\n  size: int = 3\n  gamma: float = 0.5\ncfg = Config(gamma=0.2)\nStepLR(SGD(w,"
            " lr=0.1), cfg.size, cfg.gamma)"
        ),
        "lr=0.1 StepLR(step_size=3, gamma=0.2)",
    ),
    (
        (
            "class M:\n  def __init__(self, size=3):\n    self.size = size\n  def make(self):\n    return"
            " StepLR(SGD(w, lr=0.1), self.size)"
        ),
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "def lr(epoch):\n  return 0.1 * 0.5 ** bisect.bisect_right([10, 20], epoch)",
        "lr=0.1 MultiStepLR(milestones=[10, 20], gamma=0.5)",
    ),
    (
        (
            "def adjust(opt, epoch):\n  lr = 0.1 * 0.5 ** epoch\n  for g in opt.param_groups:\n    if"
            " 'lr_scale' in g:\n      g['lr'] = lr * g['lr_scale']\n    else:\n      g['lr'] = lr"
        ),
        "lr=0.1 ExponentialLR(gamma=0.5)",
    ),
    (
        (
            "cfg = {'lr': 0.2}\ncfg.update(gamma=0.5)\nExponentialLR(SGD(w, lr=cfg.get('lr', 0.1)),"
            " cfg['gamma'])"
        ),
        "lr=0.2 ExponentialLR(gamma=0.5)",
    ),
    (
        (
            "opt = SGD(w, lr=0.1)\nmatch 'step':\n  case 'step':\n    s = StepLR(opt, 4)\n  case _:\n    s ="
            " ExponentialLR(opt, 0.9)"
        ),
        "lr=0.1 StepLR(step_size=4, gamma=0.1)",
    ),
    (
        (
            "opt = SGD(w, lr=0.1)\nsched = StepLR(opt, 3)\ndef one(s):\n  s.step()\nfor epoch in E:\n  for x"
            " in B:\n    one(sched)"
        ),
        "lr=0.1 StepLR(step_size=3, gamma=0.1) per iteration",
    ),
]
REFUSED = [
    ("StepLR(optimizer, 30)", "Line 1.*optimizer line"),
    ("opt = SGD(w, lr=0.1)\nCosineAnnealingLR(opt, len(loader) * 10)", r"Line 2: T_max.*len\(loader\)"),
    ("opt = SGD(w, lr=0.1)\nStepLR(opt, size=3)", "no parameter 'size'"),
    ("opt = SGD(w, lr=0.1)\ntorch.optim.lr_scheduler.FooLR(opt)", "FooLR is not a schedule"),
    ("opt = SGD(w, lr=0.1)\nCosineLRScheduler(opt, 50, noise_range_t=[1, 2])", "Line 2.*noise"),
    ("opt = SGD(w, lr=0.1)\nStepLR(opt, 3)\nStepLR(opt, 5)", "2 schedules.*lines 2, 3"),
    ("lr = 0.1\nfor epoch in range(9):\n    lr = lr * 0.95", "Line 3.*previous value"),
    (
        "keras.optimizers.schedules.CosineDecay(0, 90, warmup_target=0.1, warmup_steps=9)",
        "Line 1.*int 0.*rounds warmup_target.*=0.0",
    ),
    ("keras.optimizers.schedules.PolynomialDecay(1, 90)", "Line 1.*int 1.*rounds end_learning_rate"),
    ("MultiStepLRScheduler(SGD(w, lr=0.1), [20, 10], 0.1)", "Line 1.*does not ascend"),
    ("CosineLRScheduler(SGD(w, lr=0.1), 10, cycle_limit=0)", "Line 1: cycle_limit.*above 0"),
    ("s = optax.linear_schedule(0.1, 0.0, 9)\nf = lambda t: s(t // 4)", "Line 2: this rule calls a schedule"),
    (
        "s = optax.linear_schedule(0.1, 0.0, 9)\nf = lambda t: s(t) if t < 5 else 0.01",
        "Line 2: this rule calls a schedule",
    ),
    (
        "opt = keras.optimizers.Adam(0.2)\nLearningRateScheduler(lambda epoch, lr: max(lr * 0.5, 1e-5))",
        "Line 2: keras hands this rule",
    ),
    (
        (
            "def lr_fn(epoch):\n    for b in [3, 6]:\n        if epoch < b:\n            return 0.1\n   "
            " return 0.01"
        ),
        "Line 2: a return inside",
    ),
    ("def make(lr):\n    return optax.cosine_decay_schedule(lr, 9)", "Line 2.*lr is an argument of make"),
    (
        "def make(lr=0.1):\n    return optax.cosine_decay_schedule(lr, 9)\na = make(0.2)\nb = make(0.3)",
        "2 schedules",
    ),
    ("x = (((", "Line 1 cannot be read"),
    ("", "No schedule was found"),
    ("\x00", "cannot be read"),
    ("opt = SGD(w, lr=0.1)\nsched, n = create_scheduler(args, opt)", "Line 2: create_scheduler "),
    ("opt = SGD(w, lr=0.1)\nscheduler = theirs(opt, 3)", "Line 2: theirs is not a schedule"),
    (
        "opt = SGD(w, lr=0.1)\nGradualWarmupScheduler(opt, 1, 5, StepLR(opt, 3))",
        "Line 2: GradualWarmupScheduler, which changes",
    ),
    ("a = SGD(w, lr=0.1)\nb = SGD(w, lr=0.2)\nStepLR(theirs, 3)", r"Line 3.*several rates \(0.1, 0.2\)"),
    (
        "if adam:\n  o = Adam(w, lr=0.1)\nelse:\n  o = SGD(w, lr=0.2)\nStepLR(o, 3)",
        r"Line 5.*several rates \(0.1, 0.2\)",
    ),
    (
        "opt = SGD(w, lr=0.1)\nfor e in range(9):\n  for g in opt.param_groups:\n    g['lr'] = g['lr'] * 0.9",
        "Line 4: the loop sets",
    ),
    (
        (
            "def lr(epoch):\n  rate = 0.1\n  while epoch > 10:\n    rate, epoch = rate / 2, epoch - 10\n "
            " return rate"
        ),
        "Line 3: a while loop",
    ),
    (
        "def lr(epoch):\n  rate = 0.1\n  for _ in range(epoch // 30):\n    rate *= 0.1\n  return rate",
        "Line 3: how often",
    ),
    ("n = 5\nfor _ in range(3):\n  n += 1\nStepLR(SGD(w, lr=0.1), n)", "Line 4.*every turn of the loop"),
    (
        "class StepLR(Base):\n  def step(self): ...\nscheduler = StepLR(SGD(w, lr=0.1), 3)",
        "Line 3: StepLR is not a schedule",
    ),
]
HOSTILE = [
    "__import__('os').system('x')", "lr = 9**9**9**9 * epoch", "a = [0] * 1000\nb = [a] * 1000\nc = [b] * 1000", "round(1, -10**9)", "x = 'a' * 10**9",  # noqa: E501
    "a = []\na.append(a)\nsum(a)", "lr = " + "-" * 3000 + "epoch", "f = lambda e: " + "+".join("e" * 5000), "x = " + "[" * 99 + "]" * 99, "lr=0.1\n" * 9000,  # noqa: E501
    "def f(lr, epoch):\n" + "    x = epoch\n" + "    x = x + x\n" * 40 + "    return x",
    "def f(o):\n" + "  f(o)\n" * 6 + "  return StepLR(o, 3)\ns = f(SGD(w, lr=0.1))",
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), READ)
def test_a_paste_becomes_its_plan(code: str, text: str) -> None:
    assert plan_from_code(code).text == text


@pytest.mark.parametrize(("code", "reason"), REFUSED)
def test_what_cannot_be_read_is_said_with_its_line(code: str, reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        plan_from_code(code)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_text_is_refused_in_no_time(code: str) -> None:
    with pytest.raises(PlanError):
        plan_from_code(code)


def test_the_argument_is_the_base_lr_where_torch_has_none() -> None:
    assert plan_from_code("StepLR(optimizer, 30)", base_lr=0.2).base_lr == 0.2


def test_several_schedules_become_several_plans() -> None:
    assert [
        plan.schedule.kind
        for plan in plans_from_code("o = SGD(w, lr=0.1)\nStepLR(o, 3)\nExponentialLR(o, 0.9)")
    ] == [
        "StepLR",
        "ExponentialLR",
    ]


def test_milestone_30_fires_where_each_library_fires_it() -> None:
    for code, first in (
        ("MultiStepLRScheduler(o, [30], 0.1)", 29), ("MultiStepLR(o, [30])", 30),
        ("optax.piecewise_constant_schedule(0.1, {30: 0.1})", 30),
        ("keras.optimizers.schedules.PiecewiseConstantDecay([30], [0.1, 0.01])", 31),
    ):  # fmt: skip
        rates = plan_from_code(code, base_lr=0.1).lr(np.arange(40))
        assert int(np.argmax(rates < 0.05)) == first


def test_nanogpt_rule_is_a_formula() -> None:
    code = (
        "learning_rate = 6e-4\nmin_lr = 6e-5\nwarmup_iters = 10\nlr_decay_iters = 100\ndef get_lr(it):\n   "
        " if it < warmup_iters:\n        return learning_rate * (it + 1) / (warmup_iters + 1)\n    if it >"
        " lr_decay_iters:\n        return min_lr\n    ratio = (it - warmup_iters) / (lr_decay_iters -"
        " warmup_iters)\n    coeff = 0.5 * (1.0 + math.cos(math.pi * ratio))\n    return min_lr + coeff *"
        " (learning_rate - min_lr)\n"
    )
    names: dict[str, object] = {}
    exec("import math\n" + code, names)
    want = [names["get_lr"](t) for t in range(150)]  # type: ignore[operator]
    np.testing.assert_allclose(plan_from_code(code).lr(np.arange(150)), want, rtol=1e-12)
