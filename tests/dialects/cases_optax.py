"""Calls of optax, with those of optax' own _schedule_test.py."""

CASES: list[str] = [
    "optax.constant_schedule(0.3)",
    "optax.linear_schedule(init_value=10.0, end_value=20.0, transition_steps=10)",
    "optax.linear_schedule(1.0, 0.0, 10, 4)",
    "optax.linear_schedule(0.0, 1.0, 10)",
    "optax.linear_schedule(1.0, 0.0, 0)",
    "optax.polynomial_schedule(init_value=25.0, end_value=10.0, power=2, transition_steps=15)",
    "optax.polynomial_schedule(25.0, 10.0, 2, 15, transition_begin=4)",
    "optax.polynomial_schedule(25.0, 10.0, 2, 15, transition_begin=-4)",
    "optax.polynomial_schedule(0.01, 0.1, 0.5, 20)",
    "optax.polynomial_schedule(1.0, 10.0, 1, -3)",
    "optax.piecewise_constant_schedule(0.1, {3: 2.0, 6: 0.5})",
    "optax.piecewise_constant_schedule(init_value=0.1, boundaries_and_scales={20: 0.1, 6: 0.5})",
    "optax.piecewise_constant_schedule(0.1)",
    "optax.piecewise_constant_schedule(0.1, {4: 0.0})",
    "optax.piecewise_constant_schedule(0.1, dict(zip([5, 10], [0.5, 0.1])))",
    "optax.piecewise_constant_schedule(0.1, {step: 0.5 ** i for i, step in enumerate([3, 9])})",
    "optax.exponential_decay(1.0, 2, 2.0)",
    "optax.exponential_decay(init_value=1.0, transition_steps=2, decay_rate=0.5, staircase=True)",
    "optax.exponential_decay(1.0, 4, 0.5, transition_begin=5)",
    "optax.exponential_decay(1.0, 4, 0.5, 5, True, 0.2)",
    "optax.exponential_decay(1.0, 2, 2.0, end_value=4.0)",
    "optax.exponential_decay(1.0, 3, 0.8, end_value=0.3)",
    "optax.exponential_decay(1.0, 0, 0.8)",
    "optax.exponential_decay(1.0, 4, 0)",
    "optax.exponential_decay(1.0, 4, 0.8, -3)",
    "optax.cosine_decay_schedule(0.1, 20)",
    "optax.cosine_decay_schedule(init_value=0.1, decay_steps=20, alpha=0.1)",
    "optax.cosine_decay_schedule(0.1, 20, 0.1, exponent=2.0)",
    "optax.warmup_constant_schedule(0.0, 0.3, 7)",
    "optax.warmup_constant_schedule(init_value=0.1, peak_value=0.3, warmup_steps=7)",
    (
        "optax.warmup_cosine_decay_schedule(init_value=0.0, peak_value=1.0, warmup_steps=5, decay_steps=30,"
        " end_value=0.1)"
    ),
    "optax.warmup_cosine_decay_schedule(0.1, 1.0, 5, 30)",
    "optax.warmup_cosine_decay_schedule(0.1, 1.0, 5, 30, 0.01, 1.5)",
    "optax.warmup_cosine_decay_schedule(0.3, 0.0, 5, 30)",
    "optax.warmup_cosine_decay_schedule(0.3, 1.0, 0, 30)",
    "optax.warmup_exponential_decay_schedule(0.0, 1.0, 5, 10, 0.5)",
    (
        "optax.warmup_exponential_decay_schedule(0.0, 1.0, 5, 4, 0.5, transition_begin=3, staircase=True,"
        " end_value=0.2)"
    ),
    (
        "optax.sgdr_schedule([{'init_value': 0.0, 'peak_value': 1.0, 'warmup_steps': 3, 'decay_steps': 12,"
        " 'end_value': 0.1}, {'init_value': 0.1, 'peak_value': 0.5, 'warmup_steps': 2, 'decay_steps': 15,"
        " 'end_value': 0.01}])"
    ),
    "optax.sgdr_schedule([dict(init_value=0.1, peak_value=0.8, decay_steps=10, warmup_steps=0)])",
    (
        "optax.schedules.join_schedules([optax.linear_schedule(0.0, 1.0, 5), optax.cosine_decay_schedule(1.0,"
        " 20)], [5])"
    ),
    (
        "optax.join_schedules(schedules=[optax.constant_schedule(0.1), optax.constant_schedule(0.5),"
        " optax.exponential_decay(0.5, 4, 0.5)], boundaries=[3, 9])"
    ),
    (
        "optax.join_schedules([optax.constant_schedule(0.0), optax.join_schedules([optax.linear_schedule(0.0,"
        " 0.2, 4), optax.piecewise_constant_schedule(0.2, {6: 0.5})], [4])], [3])"
    ),
    "optax.piecewise_interpolate_schedule('linear', 1.0, {10: 0.5, 20: 4.0})",
    "optax.piecewise_interpolate_schedule('cosine', 0.2, boundaries_and_scales={5: 3.0, 25: 0.1})",
    "optax.piecewise_interpolate_schedule('linear', 1.0)",
    "optax.piecewise_interpolate_schedule('linear', 0.0, {10: 2.0})",
    "optax.linear_onecycle_schedule(30, 0.1)",
    (
        "optax.linear_onecycle_schedule(transition_steps=33, peak_value=1.0, pct_start=0.25, pct_final=0.7,"
        " div_factor=10.0, final_div_factor=100.0)"
    ),
    "optax.cosine_onecycle_schedule(30, 0.1)",
    "optax.cosine_onecycle_schedule(37, 1.0, 0.2, 10.0, 50.0)",
]
