"""Training scripts as people paste them, and the plan of each: prefixes, constants, functions and classes of
their own."""

TORCH: list[tuple[str, str]] = [
    (
        "optimizer = torch.optim.SGD(m.parameters(), lr=0.05)\n"
        "s = torch.optim.lr_scheduler.StepLR(optimizer, 30)",
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
    (
        "lr=0.05 StepLR(step_size=30, gamma=0.1) per iteration",
        "lr=0.05 StepLR(step_size=30, gamma=0.1) per iteration",
    ),
    (
        "opt = SGD(w, lr=0.1)\nWarmup(StepLR(step_size=3), warmup_steps=5)",
        "lr=0.1 Warmup(StepLR(step_size=3, gamma=0.1), warmup_steps=5)",
    ),
    (
        ">>> opt = SGD(w, lr=0.1)\n>>> StepLR(opt, 3)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "opt = SGD(w, lr=0.1)\n"
        "make = functools.partial(StepLR, step_size=3, gamma=0.5)\n"
        "scheduler = make(opt)",
        "lr=0.1 StepLR(step_size=3, gamma=0.5)",
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
        "s = [None] * 2\n"
        "opt = SGD(p, lr=1.0)\n"
        "s[0] = ConstantLR(opt, 0.1, 3)\n"
        "s[1] = StepLR(opt, 5)\n"
        "SequentialLR(opt, s, [3])",
        "lr=1 SequentialLR([ConstantLR(factor=0.1, total_iters=3), StepLR(step_size=5, gamma=0.1)],"
        " milestones=[3])",
    ),
    (
        "opt = SGD(w, lr=0.1)\npartial(StepLR, step_size=3)(opt)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "opt = SGD(w, lr=0.1)\npartial(partial(StepLR, gamma=0.5), step_size=3)(opt)",
        "lr=0.1 StepLR(step_size=3, gamma=0.5)",
    ),
    (
        "opt = SGD(w, lr=0.1)\ncls = torch.optim.lr_scheduler.StepLR\ns = cls(opt, 3)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "def make(own, size, gamma=0.5):\n"
        "  return StepLR(own, size, gamma)\n"
        "opt = SGD(w, lr=0.1)\n"
        "s = make(opt, 3, gamma=0.2)",
        "lr=0.1 StepLR(step_size=3, gamma=0.2)",
    ),
    (
        "def get_scheduler(own, name):\n"
        "  if name == 'step':\n"
        "    return StepLR(own, 3)\n"
        "  return ExponentialLR(own, 0.9)\n"
        "s = get_scheduler(SGD(w, lr=0.1), 'exp')",
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
        "class Config:\n"
        "  size: int = 3\n"
        "  gamma: float = 0.5\n"
        "cfg = Config(gamma=0.2)\n"
        "StepLR(SGD(w, lr=0.1), cfg.size, cfg.gamma)",
        "lr=0.1 StepLR(step_size=3, gamma=0.2)",
    ),
    (
        "class M:\n"
        "  def __init__(self, size=3):\n"
        "    self.size = size\n"
        "  def make(self):\n"
        "    return StepLR(SGD(w, lr=0.1), self.size)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1)",
    ),
    (
        "cfg = {'lr': 0.2}\n"
        "cfg.update(gamma=0.5)\n"
        "ExponentialLR(SGD(w, lr=cfg.get('lr', 0.1)), cfg['gamma'])",
        "lr=0.2 ExponentialLR(gamma=0.5)",
    ),
    (
        "opt = SGD(w, lr=0.1)\n"
        "match 'step':\n"
        "  case 'step':\n"
        "    s = StepLR(opt, 4)\n"
        "  case _:\n"
        "    s = ExponentialLR(opt, 0.9)",
        "lr=0.1 StepLR(step_size=4, gamma=0.1)",
    ),
    (
        "opt = SGD(w, lr=0.1)\n"
        "sched = StepLR(opt, 3)\n"
        "def one(s):\n"
        "  s.step()\n"
        "for epoch in E:\n"
        "  for x in B:\n"
        "    one(sched)",
        "lr=0.1 StepLR(step_size=3, gamma=0.1) per iteration",
    ),
]

OTHERS: list[tuple[str, str]] = [
    (
        "optax.sgd(0.1)",
        "lr=0.1",
    ),
    (
        "s = optax.exponential_decay(1.0, 10, 0.5, end_value=0.1)\n"
        "tx = optax.adam(lambda step: -0.5 * s(step))",
        "lr=0.5 ExponentialDecay(decay_steps=10, decay_rate=0.5, end_lr=0.05) per iteration",
    ),
    (
        "optax.chain(optax.scale_by_adam(), optax.scale_by_schedule(optax.cosine_decay_schedule(1.0, 50)),"
        " optax.scale(-0.1))",
        "lr=0.1 CosineCycles(T=50) per iteration",
    ),
    (
        "optax.chain(optax.sgd(0.1), optax.scale(0.5))",
        "lr=0.05",
    ),
    (
        "s = optax.piecewise_interpolate_schedule('linear', 1.0, {9: 0.0})\n"
        "def lr_fn(step):\n"
        "    part = s(step)\n"
        "    return part / 4",
        "lr=0.25 Piecewise([[0, 1], [9, 0]], interpolation='linear', relative=True) per iteration",
    ),
    (
        "def make(lr, steps=20):\n"
        "    return optax.cosine_decay_schedule(lr, steps)\n"
        "schedule = make(0.2, steps=30)",
        "lr=0.2 CosineCycles(T=30) per iteration",
    ),
    (
        "def make(lr):\n"
        "    return optax.constant_schedule(lr)\n"
        "def both(lr=0.3):\n"
        "    return optax.join_schedules([make(lr), make(lr / 2)], [9])\n"
        "schedule = both(0.2)",
        "lr=0.2 SequentialLR([Constant(), Scaled(Constant(), factor=0.5)], milestones=[9]) per iteration",
    ),
    (
        "def make(cfg):\n"
        "    return optax.cosine_decay_schedule(cfg['lr'], cfg['n'])\n"
        "make({'lr': 0.2, 'n': 30})",
        "lr=0.2 CosineCycles(T=30) per iteration",
    ),
    (
        "def make(lr=0.1):\n    return optax.cosine_decay_schedule(lr, 9)\na = make(0.2)\nb = make(0.2)",
        "lr=0.2 CosineCycles(T=9) per iteration",
    ),
]
