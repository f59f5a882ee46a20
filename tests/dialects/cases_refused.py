"""What cannot be read, and a pattern of the sentence that says why; and text that means harm."""

CASES: list[tuple[str, str]] = [
    (
        "StepLR(optimizer, 30)",
        "Line 1.*optimiser line",
    ),
    (
        "opt = SGD(w, lr=0.1)\nCosineAnnealingLR(opt, len(loader) * 10)",
        "Line 2: T_max.*len\\(loader\\)",
    ),
    (
        "opt = SGD(w, lr=0.1)\nStepLR(opt, size=3)",
        "no parameter 'size'",
    ),
    (
        "opt = SGD(w, lr=0.1)\ntorch.optim.lr_scheduler.FooLR(opt)",
        "FooLR is not a schedule",
    ),
    (
        "opt = SGD(w, lr=0.1)\nCosineLRScheduler(opt, 50, noise_range_t=[1, 2])",
        "Line 2.*noise",
    ),
    (
        "opt = SGD(w, lr=0.1)\nStepLR(opt, 3)\nStepLR(opt, 5)",
        "2 schedules.*lines 2, 3",
    ),
    (
        "lr = 0.1\nfor epoch in range(9):\n    lr = lr * 0.95",
        "Line 3.*previous value",
    ),
    (
        "keras.optimizers.schedules.CosineDecay(0, 90, warmup_target=0.1, warmup_steps=9)",
        "Line 1.*int 0.*rounds warmup_target.*=0.0",
    ),
    (
        "keras.optimizers.schedules.PolynomialDecay(1, 90)",
        "Line 1.*int 1.*rounds end_learning_rate",
    ),
    (
        "MultiStepLRScheduler(SGD(w, lr=0.1), [20, 10], 0.1)",
        "Line 1.*does not ascend",
    ),
    (
        "CosineLRScheduler(SGD(w, lr=0.1), 10, cycle_limit=0)",
        "Line 1: cycle_limit.*above 0",
    ),
    (
        "s = optax.linear_schedule(0.1, 0.0, 9)\nf = lambda t: s(t // 4)",
        "Line 2: this rule calls a schedule",
    ),
    (
        "s = optax.linear_schedule(0.1, 0.0, 9)\nf = lambda t: s(t) if t < 5 else 0.01",
        "Line 2: this rule calls a schedule",
    ),
    (
        "opt = keras.optimizers.Adam(0.2)\nLearningRateScheduler(lambda epoch, lr: max(lr * 0.5, 1e-5))",
        "Line 2: keras hands this rule",
    ),
    (
        "def lr_fn(epoch):\n"
        "    for b in [3, 6]:\n"
        "        if epoch < b:\n"
        "            return 0.1\n"
        "    return 0.01",
        "Line 2: a return inside",
    ),
    (
        "def make(lr):\n    return optax.cosine_decay_schedule(lr, 9)",
        "Line 2.*lr is an argument of make",
    ),
    (
        "def make(lr=0.1):\n    return optax.cosine_decay_schedule(lr, 9)\na = make(0.2)\nb = make(0.3)",
        "2 schedules",
    ),
    (
        "x = (((",
        "Line 1 cannot be read",
    ),
    (
        "",
        "No schedule was found",
    ),
    (
        "\x00",
        "cannot be read",
    ),
    (
        "opt = SGD(w, lr=0.1)\nsched, n = create_scheduler(args, opt)",
        "Line 2: create_scheduler ",
    ),
    (
        "opt = SGD(w, lr=0.1)\nscheduler = theirs(opt, 3)",
        "Line 2: theirs is not a schedule",
    ),
    (
        "opt = SGD(w, lr=0.1)\nGradualWarmupScheduler(opt, 1, 5, StepLR(opt, 3))",
        "Line 2: GradualWarmupScheduler, which changes",
    ),
    (
        "a = SGD(w, lr=0.1)\nb = SGD(w, lr=0.2)\nStepLR(theirs, 3)",
        "Line 3.*several rates \\(0.1, 0.2\\)",
    ),
    (
        "if adam:\n  o = Adam(w, lr=0.1)\nelse:\n  o = SGD(w, lr=0.2)\nStepLR(o, 3)",
        "Line 5.*several rates \\(0.1, 0.2\\)",
    ),
    (
        "opt = SGD(w, lr=0.1)\nfor e in range(9):\n  for g in opt.param_groups:\n    g['lr'] = g['lr'] * 0.9",
        "Line 4: the loop sets",
    ),
    (
        "def lr(epoch):\n"
        "  rate = 0.1\n"
        "  while epoch > 10:\n"
        "    rate, epoch = rate / 2, epoch - 10\n"
        "  return rate",
        "Line 3: a while loop",
    ),
    (
        "def lr(epoch):\n  rate = 0.1\n  for _ in range(epoch // 30):\n    rate *= 0.1\n  return rate",
        "Line 3: how often",
    ),
    (
        "n = 5\nfor _ in range(3):\n  n += 1\nStepLR(SGD(w, lr=0.1), n)",
        "Line 4.*every turn of the loop",
    ),
    (
        "class StepLR(Base):\n  def step(self): ...\nscheduler = StepLR(SGD(w, lr=0.1), 3)",
        "Line 3: StepLR is not a schedule",
    ),
]

HOSTILE: list[str] = [
    "__import__('os').system('x')",
    "lr = 9**9**9**9 * epoch",
    "a = [0] * 1000\nb = [a] * 1000\nc = [b] * 1000",
    "round(1, -10**9)",
    "x = 'a' * 10**9",
    "a = []\na.append(a)\nsum(a)",
    "lr = " + "-" * 3000 + "epoch",
    "f = lambda e: " + "+".join("e" * 5000),
    "x = " + "[" * 99 + "]" * 99,
    "lr=0.1\n" * 9000,
    "def f(lr, epoch):\n" + "    x = epoch\n" + "    x = x + x\n" * 40 + "    return x",
    "def f(o):\n" + "  f(o)\n" * 6 + "  return StepLR(o, 3)\ns = f(SGD(w, lr=0.1))",
]
