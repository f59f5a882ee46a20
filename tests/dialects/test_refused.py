"""What cannot be read: a sentence that names the line, and soon."""

from __future__ import annotations

import pytest

from lrcore import PlanError, plan_from_code
from tests.dialects.cases_refused import CASES, HOSTILE


@pytest.mark.parametrize(("code", "reason"), CASES)
def test_what_cannot_be_read_is_said_with_its_line(code: str, reason: str) -> None:
    with pytest.raises(PlanError, match=reason):
        plan_from_code(code)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_text_is_refused_in_no_time(code: str) -> None:
    with pytest.raises(PlanError):
        plan_from_code(code)
