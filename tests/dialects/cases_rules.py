"""Rules that people write by hand, and the plan of each."""

CASES: list[tuple[str, str]] = [
    (
        "lr = 0.1 / (1 + 0.01 * iteration)",
        "lr=0.1 InverseTimeDecay(lr_decay=0.01) per iteration",
    ),
    (
        "base_lr = 0.1\nlr = base_lr * (0.1 ** (epoch // 30))",
        "lr=0.1 StepLR(step_size=30, gamma=0.1)",
    ),
    (
        "lr = 0.1 * (1 - epoch / 100) ** 0.9",
        "lr=0.1 PolynomialLR(total_iters=100, power=0.9)",
    ),
    (
        "lr = 0.1 if epoch < 30 else 0.01 if epoch < 60 else 0.001",
        "lr=0.1 MultiStepLR(milestones=[30, 60], gamma=0.1)",
    ),
    (
        "parser.add_argument('--lr', type=float, default=1e-4)\n"
        "parser.add_argument('--lr_decay', type=float, default=5e-5)\n"
        "def adjust_learning_rate(optimizer, iteration_count):\n"
        "    lr = args.lr / (1.0 + args.lr_decay * iteration_count)\n"
        "    for param_group in optimizer.param_groups:\n"
        "        param_group['lr'] = lr\n",
        "lr=0.0001 InverseTimeDecay(lr_decay=5e-05) per iteration",
    ),
    (
        "def scheduler(epoch, lr):\n"
        "    if epoch < 10:\n"
        "        return lr\n"
        "    else:\n"
        "        return lr * 0.9\n"
        "model.compile(keras.optimizers.SGD(), loss='mse')\n"
        "callback = keras.callbacks.LearningRateScheduler(scheduler)",
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
        "def lr(epoch):\n  return 0.1 * 0.5 ** bisect.bisect_right([10, 20], epoch)",
        "lr=0.1 MultiStepLR(milestones=[10, 20], gamma=0.5)",
    ),
    (
        "def adjust(opt, epoch):\n"
        "  lr = 0.1 * 0.5 ** epoch\n"
        "  for g in opt.param_groups:\n"
        "    if 'lr_scale' in g:\n"
        "      g['lr'] = lr * g['lr_scale']\n"
        "    else:\n"
        "      g['lr'] = lr",
        "lr=0.1 ExponentialLR(gamma=0.5)",
    ),
]
