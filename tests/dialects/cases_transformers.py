"""Calls of transformers' schedules; the optimiser is SGD with the lr that stands first. Defaults of
test_optimization.py are among them."""

CASES: list[tuple[float, str]] = [
    (10.0, "get_constant_schedule(optimizer)"),
    (10.0, "get_constant_schedule_with_warmup(optimizer, num_warmup_steps=4)"),
    (10.0, "get_constant_schedule_with_warmup(optimizer, 0)"),
    (10.0, "get_linear_schedule_with_warmup(optimizer, num_warmup_steps=2, num_training_steps=10)"),
    (10.0, "get_linear_schedule_with_warmup(optimizer, 0, 30)"),
    (10.0, "get_linear_schedule_with_warmup(optimizer, 10, 10)"),
    (10.0, "get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=2, num_training_steps=10)"),
    (10.0, "get_cosine_schedule_with_warmup(optimizer, 0, 30)"),
    (10.0, "get_cosine_schedule_with_warmup(optimizer, 5, 30, 1.5)"),
    (10.0, "get_cosine_schedule_with_warmup(optimizer, 5, 30, num_cycles=0.25)"),
    (
        10.0,
        (
            "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, num_warmup_steps=2,"
            " num_training_steps=10, num_cycles=2)"
        ),
    ),
    (10.0, "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, 0, 30)"),
    (10.0, "get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, 3, 30, 4)"),
    (
        10.0,
        (
            "get_polynomial_decay_schedule_with_warmup(optimizer, num_warmup_steps=2, num_training_steps=10,"
            " power=2.0, lr_end=1e-7)"
        ),
    ),
    (10.0, "get_polynomial_decay_schedule_with_warmup(optimizer, 0, 20)"),
    (10.0, "get_polynomial_decay_schedule_with_warmup(optimizer, 3, 20, 0.5, 0.5)"),
    (10.0, "get_inverse_sqrt_schedule(optimizer, num_warmup_steps=2)"),
    (10.0, "get_inverse_sqrt_schedule(optimizer, 0)"),
    (10.0, "get_inverse_sqrt_schedule(optimizer, 4, timescale=9)"),
    (
        10.0,
        (
            "get_wsd_schedule(optimizer, num_warmup_steps=2, num_decay_steps=2, num_training_steps=10,"
            " min_lr_ratio=0.1)"
        ),
    ),
    (
        10.0,
        "get_wsd_schedule(optimizer, 5, 10, num_stable_steps=7, decay_type='linear', warmup_type='cosine')",
    ),
    (10.0, "get_wsd_schedule(optimizer, 5, 10, 30, None, '1-sqrt', '1-sqrt', 0.05)"),
    (10.0, "get_wsd_schedule(optimizer, 0, 10, num_training_steps=30, num_cycles=1.5)"),
    (10.0, "get_cosine_with_min_lr_schedule_with_warmup(optimizer, 2, 10, min_lr_rate=0.1)"),
    (10.0, "get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, 20, 0.5, -1, 1.0)"),
    (10.0, "get_cosine_with_min_lr_schedule_with_warmup(optimizer, 4, 20, num_cycles=1.0, min_lr=0.5)"),
    (10.0, "get_cosine_with_min_lr_schedule_with_warmup_lr_rate(optimizer, 2, 10, min_lr_rate=0.1)"),
    (
        10.0,
        (
            "get_cosine_with_min_lr_schedule_with_warmup_lr_rate(optimizer, 5, 30, min_lr=0.4,"
            " warmup_lr_rate=0.2)"
        ),
    ),
    (10.0, "get_cosine_with_min_lr_schedule_with_warmup_lr_rate(optimizer, 0, 30, min_lr_rate=0.0)"),
    (3e-4, "get_scheduler('linear', optimizer, 100, 1000)"),
    (3e-4, "get_scheduler('cosine', optimizer=optimizer, num_warmup_steps=100, num_training_steps=1000)"),
    (3e-4, "get_scheduler(name='constant', optimizer=optimizer)"),
    (3e-4, "get_scheduler(SchedulerType.COSINE, optimizer, num_warmup_steps=10, num_training_steps=60)"),
    (3e-4, "get_scheduler(SchedulerType.CONSTANT_WITH_WARMUP, optimizer, 5)"),
    (
        3e-4,
        (
            "get_scheduler('cosine_with_restarts', optimizer, 5, 45,"
            " scheduler_specific_kwargs={'num_cycles': 3})"
        ),
    ),
    (3e-4, "get_scheduler('polynomial', optimizer, 5, 45, {'lr_end': 1e-5, 'power': 3})"),
    (3e-4, "get_scheduler('inverse_sqrt', optimizer, 7, scheduler_specific_kwargs=dict(timescale=20))"),
    (
        3e-4,
        "get_scheduler('cosine_with_min_lr', optimizer, 5, 45, scheduler_specific_kwargs={'min_lr': 3e-5})",
    ),
    (
        3e-4,
        (
            "get_scheduler('cosine_warmup_with_min_lr', optimizer, 5, 45, {'min_lr_rate': 0.2,"
            " 'warmup_lr_rate': 0.1})"
        ),
    ),
    (
        3e-4,
        (
            "get_scheduler('warmup_stable_decay', optimizer, 5, 45,"
            " scheduler_specific_kwargs={'num_decay_steps': 10, 'decay_type': '1-sqrt'})"
        ),
    ),
    (
        10.0,
        (
            "get_polynomial_decay_schedule_with_warmup(optimizer, **{**dict(num_warmup_steps=2,"
            " num_training_steps=10), 'power': 2.0})"
        ),
    ),
    (
        10.0,
        (
            "get_cosine_with_min_lr_schedule_with_warmup(optimizer, **({'num_warmup_steps': 2,"
            " 'num_training_steps': 9} | {'min_lr': 0.5}))"
        ),
    ),
    (10.0, "partial(get_inverse_sqrt_schedule, num_warmup_steps=3)(optimizer)"),
    (3e-4, "get_scheduler(SchedulerType('linear'), optimizer, *[3, 20])"),
]
