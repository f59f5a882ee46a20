"""Calls of timm's schedulers; the optimiser is SGD with the lr that stands first."""

WARM = "warmup_t=5, warmup_lr_init=1e-5"
CASES: list[tuple[float, str]] = [
    (0.05, "CosineLRScheduler(optimizer, t_initial=20)"),
    (0.05, "CosineLRScheduler(optimizer, 20, 1e-5)"),
    (0.05, f"CosineLRScheduler(optimizer, t_initial=20, lr_min=1e-5, {WARM})"),
    (0.05, f"CosineLRScheduler(optimizer, t_initial=20, lr_min=1e-5, {WARM}, warmup_prefix=True)"),
    (0.05, "CosineLRScheduler(optimizer, t_initial=10, cycle_limit=3, cycle_decay=0.5, lr_min=1e-3)"),
    (
        0.05,
        (
            "CosineLRScheduler(optimizer, t_initial=6, cycle_limit=3, cycle_mul=2.0, cycle_decay=0.5,"
            " t_in_epochs=False)"
        ),
    ),
    (
        0.05,
        (
            f"CosineLRScheduler(optimizer, t_initial=6, cycle_limit=2, cycle_mul=1.5, {WARM},"
            " warmup_prefix=True)"
        ),
    ),
    (0.05, "CosineLRScheduler(optimizer, 20, k_decay=1.5, lr_min=0.001)"),
    (0.05, "CosineLRScheduler(optimizer, 6, 0.001, 2.0, 0.8, 4, k_decay=0.5)"),
    (0.05, "PolyLRScheduler(optimizer, t_initial=20)"),
    (0.05, "PolyLRScheduler(optimizer, 20, 2.0, 1e-4)"),
    (0.05, f"PolyLRScheduler(optimizer, t_initial=20, power=1.0, lr_min=1e-4, {WARM}, k_decay=1.2)"),
    (
        0.05,
        (
            f"PolyLRScheduler(optimizer, t_initial=8, cycle_limit=4, cycle_mul=1.5, cycle_decay=0.7, {WARM},"
            " warmup_prefix=True)"
        ),
    ),
    (0.05, "TanhLRScheduler(optimizer, t_initial=20)"),
    (0.05, f"TanhLRScheduler(optimizer, t_initial=20, lb=-6.0, ub=4.0, lr_min=1e-4, {WARM})"),
    (
        0.05,
        f"TanhLRScheduler(optimizer, t_initial=20, lb=-6.0, ub=4.0, lr_min=1e-4, {WARM}, warmup_prefix=True)",
    ),
    (0.05, "TanhLRScheduler(optimizer, t_initial=7, cycle_limit=3, cycle_mul=1.5, cycle_decay=0.6)"),
    (0.05, "StepLRScheduler(optimizer, decay_t=7)"),
    (0.05, "StepLRScheduler(optimizer, 7, 0.5)"),
    (0.05, "StepLRScheduler(optimizer, decay_t=2.4, decay_rate=0.9)"),
    (0.05, "StepLRScheduler(optimizer, decay_t=2.1, decay_rate=0.9)"),
    (0.05, f"StepLRScheduler(optimizer, decay_t=7, decay_rate=0.1, {WARM})"),
    (0.05, f"StepLRScheduler(optimizer, decay_t=7, decay_rate=0.1, {WARM}, warmup_prefix=False)"),
    (0.05, "MultiStepLRScheduler(optimizer, decay_t=[10, 20], decay_rate=0.1)"),
    (0.05, "MultiStepLRScheduler(optimizer, [30], 0.1)"),
    (0.05, "MultiStepLRScheduler(optimizer, [1, 4, 4], 0.5)"),
    (0.05, f"MultiStepLRScheduler(optimizer, decay_t=[10, 20], decay_rate=0.1, {WARM})"),
    (0.05, f"MultiStepLRScheduler(optimizer, decay_t=[3, 20], decay_rate=0.1, {WARM}, warmup_prefix=False)"),
    (0.05, "WSDLRScheduler(optimizer, t_initial=30, decay_t=10)"),
    (0.05, f"WSDLRScheduler(optimizer, 30, 10, 1e-4, {WARM})"),
    (0.05, f"WSDLRScheduler(optimizer, 30, 10, decay_fn='linear', {WARM})"),
    (0.05, f"WSDLRScheduler(optimizer, 30, 10, decay_fn='cosine', lr_min=0.01, {WARM})"),
    (0.05, f"WSDLRScheduler(optimizer, 30, 10, decay_fn='power', decay_power=2.0, {WARM})"),
    (0.05, f"WSDLRScheduler(optimizer, 30, 10, decay_fn='exp', decay_ratio=0.05, {WARM})"),
    (0.05, f"WSDLRScheduler(optimizer, 30, 10, stable_fn='rsqrt', {WARM})"),
    (
        0.05,
        (
            "WSDLRScheduler(optimizer, 30, 10, lr_min=0.02, stable_fn='power', stable_timescale=4.0,"
            " stable_power=0.7, decay_fn='linear')"
        ),
    ),
    (0.05, "WSDLRScheduler(optimizer, 30, 30, t_in_epochs=False)"),
    *(
        (0.05, f"create_scheduler_v2(optimizer, {given})[0]")
        for given in (
            "sched='cosine', num_epochs=30, warmup_epochs=5, min_lr=1e-5, warmup_prefix=True",
            "'tanh', num_epochs=30, warmup_epochs=3",
            "sched='step', decay_epochs=7, decay_rate=0.5",
            "sched='constant', warmup_epochs=5",
            "sched='wsd', num_epochs=30, warmup_epochs=5",
            "sched='multistep', decay_milestones=[5, 20]",
            "sched='poly', num_epochs=30, decay_rate=0.9",
            "sched='rsqrt', num_epochs=30, warmup_epochs=5",
            "sched='cosine', num_epochs=5, step_on_epochs=False, updates_per_epoch=7, warmup_epochs=1",
        )
    ),
]
