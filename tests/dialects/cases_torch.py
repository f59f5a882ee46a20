"""Calls of torch.optim.lr_scheduler as training scripts hold them; the optimiser is SGD with the lr that
stands first."""

# Besides our own, the parameter sets of torch's own suite (test/optim/test_lrscheduler.py).
CASES: list[tuple[float, str]] = [
    (0.05, "StepLR(optimizer, step_size=30, gamma=0.1)"),
    (0.05, "StepLR(optimizer, 3)"),
    (0.05, "StepLR(optimizer, 3, 0.3)"),
    (0.5, "StepLR(optimizer, gamma=0.1, step_size=3)"),
    (0.1, "torch.optim.lr_scheduler.StepLR(optimizer=optimizer, step_size=7, gamma=1.5, last_epoch=-1)"),
    (0.05, "MultiStepLR(optimizer, milestones=[2, 5, 9], gamma=0.1)"),
    (0.05, "MultiStepLR(optimizer, [30, 80])"),
    (0.05, "MultiStepLR(optimizer, (9, 5, 5, 2), 0.5)"),
    (0.05, "MultiStepLR(optimizer, [int(f * 40) for f in (0.5, 0.75)], 0.2)"),
    (0.5, "ConstantLR(optimizer, factor=1.0 / 2, total_iters=5)"),
    (0.5, "ConstantLR(optimizer)"),
    (0.5, "ConstantLR(optimizer, 0.1, 3)"),
    (0.5, "LinearLR(optimizer, start_factor=1.0 / 2, total_iters=4)"),
    (0.5, "LinearLR(optimizer)"),
    (0.5, "LinearLR(optimizer, 0.1, 0.8, 11)"),
    (0.5, "LinearLR(optimizer, start_factor=1, end_factor=0, total_iters=20)"),
    (0.05, "ExponentialLR(optimizer, gamma=0.9)"),
    (0.05, "ExponentialLR(optimizer, 0.1)"),
    (0.05, "PolynomialLR(optimizer, power=0.9, total_iters=5)"),
    (0.05, "PolynomialLR(optimizer)"),
    (0.05, "PolynomialLR(optimizer, 20, 2.0)"),
    (0.05, "CosineAnnealingLR(optimizer, T_max=10, eta_min=1e-10)"),
    (0.05, "CosineAnnealingLR(optimizer, 8)"),
    (0.05, "CosineAnnealingLR(optimizer, 10, 0.02)"),
    (0.05, "CosineAnnealingLR(optimizer, T_max=7.5, eta_min=0.2)"),
    (0.05, "CosineAnnealingWarmRestarts(optimizer, T_0=10)"),
    (0.05, "CosineAnnealingWarmRestarts(optimizer, 3, 2, 1e-5)"),
    (0.05, "CosineAnnealingWarmRestarts(optimizer, T_0=5, T_mult=3, eta_min=0.01)"),
    (0.5, "CyclicLR(optimizer, base_lr=1, max_lr=5, step_size_up=4, cycle_momentum=False)"),
    (0.5, "CyclicLR(optimizer, 1, 5, 4, 6, cycle_momentum=False)"),
    (
        0.5,
        "CyclicLR(optimizer, base_lr=1, max_lr=5, step_size_up=4, cycle_momentum=False, mode='triangular2')",
    ),
    (
        0.5,
        (
            "CyclicLR(optimizer, base_lr=1, max_lr=5, step_size_up=4, cycle_momentum=False, mode='exp_range',"
            " gamma=0.9)"
        ),
    ),
    (0.5, "CyclicLR(optimizer, 0.001, 0.1, 3, 5, 'triangular2', cycle_momentum=False)"),
    (0.5, "CyclicLR(optimizer, 0.001, 0.1, 3, 5, 'exp_range', 0.95, cycle_momentum=False)"),
    (0.5, "CyclicLR(optimizer, 0.3, 0.1, 3, 5, cycle_momentum=False)"),
    (
        0.5,
        (
            "CyclicLR(optimizer, 1, 5, 4, scale_fn=lambda x: 1 / (5 ** (x * 0.0001)),"
            " scale_mode='iterations', cycle_momentum=False)"
        ),
    ),
    (0.5, "CyclicLR(optimizer, 1, 5, 4, scale_fn=lambda x: 1 / (2.0 ** (x - 1)), cycle_momentum=False)"),
    (
        0.5,
        (
            "OneCycleLR(optimizer, max_lr=25, div_factor=25, final_div_factor=50, total_steps=40,"
            " anneal_strategy='linear')"
        ),
    ),
    (
        0.5,
        (
            "OneCycleLR(optimizer, max_lr=25, final_div_factor=1, total_steps=40, anneal_strategy='linear',"
            " three_phase=True)"
        ),
    ),
    (0.5, "OneCycleLR(optimizer, max_lr=25, div_factor=25, total_steps=40)"),
    (0.5, "OneCycleLR(optimizer, max_lr=25, div_factor=10, total_steps=40, three_phase=True, pct_start=0.4)"),
    (0.5, "OneCycleLR(optimizer, 0.1, epochs=5, steps_per_epoch=8)"),
    (0.5, "OneCycleLR(optimizer, 0.1, 40, None, None, 0.25, 'linear', False, 0.85, 0.95, 10.0, 100.0)"),
    (0.5, "LambdaLR(optimizer, lr_lambda=lambda epoch: 0.95 ** epoch)"),
    (0.5, "LambdaLR(optimizer, lambda epoch: 1 / (1 + 0.1 * epoch))"),
    (0.5, "LambdaLR(optimizer, lr_lambda=[lambda x1: 0.9 ** x1])"),
    (0.5, "LambdaLR(optimizer, lambda e: 0.1 ** (e // 3))"),
    (0.5, "LambdaLR(optimizer, lambda e: min(1.0, (e + 1) / 5) * (1 - min(e, 50) / 50) ** 0.9)"),
    (0.5, "LambdaLR(optimizer, lambda e: e / 5 if e < 5 else 0.5 * (1 + math.cos(math.pi * (e - 5) / 35)))"),
    (0.5, "LambdaLR(optimizer, lambda e: 1.0)"),
    (0.5, "MultiplicativeLR(optimizer, lr_lambda=lambda epoch: 0.95)"),
    (0.5, "torch.optim.swa_utils.SWALR(optimizer, swa_lr=0.05)"),
    (0.5, "torch.optim.swa_utils.SWALR(optimizer, 0.01, 5, 'linear')"),
    (
        0.1,
        (
            "SequentialLR(optimizer, [LinearLR(optimizer, 0.1, total_iters=5), CosineAnnealingLR(optimizer,"
            " T_max=25)], milestones=[5])"
        ),
    ),
    (
        0.1,
        (
            "SequentialLR(optimizer, schedulers=[ConstantLR(optimizer, 0.1, 5), ExponentialLR(optimizer,"
            " 0.9)], milestones=[4])"
        ),
    ),
    (
        0.05,
        (
            "SequentialLR(optimizer, [ConstantLR(optimizer, factor=0.1, total_iters=5),"
            " ExponentialLR(optimizer, gamma=0.9), StepLR(optimizer, gamma=0.1, step_size=2)], [5, 12])"
        ),
    ),
    (
        0.05,
        "SequentialLR(optimizer, [CosineAnnealingWarmRestarts(optimizer, 6), StepLR(optimizer, 5)], [12])",
    ),
    (0.05, "ChainedScheduler([ConstantLR(optimizer, 0.1, 4), ExponentialLR(optimizer, 0.9)])"),
    (
        0.05,
        (
            "ChainedScheduler(schedulers=[StepLR(optimizer, step_size=3, gamma=0.5), LinearLR(optimizer,"
            " 0.25, total_iters=8)], optimizer=optimizer)"
        ),
    ),
    (
        0.05,
        (
            "ChainedScheduler([PolynomialLR(optimizer, 30, 0.9), ConstantLR(optimizer, 0.2, 6),"
            " MultiStepLR(optimizer, [8, 20], 0.5)])"
        ),
    ),
    (0.5, "torch.optim.swa_utils.SWALR(optimizer, swa_lr=[0.05])"),
    (0.05, "MultiStepLR(optimizer, milestones=[e for e in range(40) if e % 7 == 3])"),
    (0.05, "MultiStepLR(optimizer, milestones=range(3, 20, 4))"),
    (0.5, "CyclicLR(optimizer, base_lr=[1], max_lr=[5], step_size_up=4, base_momentum=1, max_momentum=[5])"),
    (
        0.05,
        (
            "SequentialLR(optimizer, [SequentialLR(optimizer, [LinearLR(optimizer, 0.1, total_iters=4),"
            " ExponentialLR(optimizer, 0.9)], [4]), StepLR(optimizer, 3)], milestones=[10])"
        ),
    ),
    (
        0.05,
        (
            "(lambda own, **more: ChainedScheduler([ConstantLR(own), ExponentialLR(own, 0.9)],"
            " **more))(optimizer)"
        ),
    ),
    (0.05, "getattr(torch.optim.lr_scheduler, 'ExponentialLR')(optimizer, 0.9)"),
    (0.05, "{'step': StepLR, 'exp': ExponentialLR}['exp'](optimizer, gamma=0.9)"),
    (0.05, "MultiStepLR(optimizer, milestones=[4, 8, 12][:-1], gamma=0.5)"),
    (0.5, "LambdaLR(optimizer, lambda e: 0.5 if e in [10, 20] else 1.0)"),
    (
        0.5,
        (
            "LambdaLR(optimizer, (lambda low, steps: lambda e: low + (1 - low) * max(0, 1 - e / steps))(0.1,"
            " 30))"
        ),
    ),
    (
        0.3,
        (
            "SequentialLR(optimizer, [CyclicLR(optimizer, base_lr=0.01, max_lr=0.1, step_size_up=3,"
            " cycle_momentum=False), ExponentialLR(optimizer, 0.9)], [6])"
        ),
    ),
    (
        0.3,
        (
            "SequentialLR(optimizer, [OneCycleLR(optimizer, max_lr=0.15, total_steps=8,"
            " cycle_momentum=False), StepLR(optimizer, 3, 0.5)], [8])"
        ),
    ),
    (
        0.3,
        (
            "SequentialLR(optimizer, [LinearLR(optimizer, 0.1), OneCycleLR(optimizer, max_lr=0.5,"
            " total_steps=40, cycle_momentum=False)], [5])"
        ),
    ),
]
