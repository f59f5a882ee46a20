"""How often Hypothesis draws: profiles that differ in their number of examples by a factor.

"ci" is taken where CI is set; `pytest --hypothesis-profile=nightly`, or `make nightly`, takes another.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_BASE = 90  # examples of "dev"; the others' are held against it

# No deadline, and no look at how fast examples are drawn: both measure the machine, which may be busy.
settings.register_profile(
    "dev", max_examples=_BASE, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=_BASE // 3, derandomize=True)
settings.register_profile("nightly", settings.get_profile("dev"), max_examples=3 * _BASE, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def examples(count: int) -> settings:
    """A decorator: draw so many examples in the profile "dev", and by its factor more or fewer in another."""
    return settings(max_examples=max(1, count * settings().max_examples // _BASE))
