"""A short run of the load client, so that it does what it says on the day that it is needed."""

from __future__ import annotations

import random

from tests.load.malformed import malformed
from tests.load.report import figures, goals, table
from tests.load.run import run
from tests.load.scenario import Scenario
from ui.server.drag import Drag

PEOPLE, MALFORMED = 5, 24
OF_TIME = ("curve", "page on release", "memory")  # goals that a machine with other work cannot be held to


def test_a_small_class_gets_all_it_asks_for_whatever_breaks_meanwhile() -> None:
    outcome = run(
        Scenario(
            people=PEOPLE,
            racing=2,
            every=1.0,
            seconds=3.0,
            arrival=0.5,
            browsers=0,
            malformed=MALFORMED,
        )
    )
    tally = outcome.tally
    missed = [goal.line for goal in goals(outcome) if not goal.met]
    assert [line for line in missed if not any(word in line for word in OF_TIME)] == []
    assert len(tally.seconds["page opens"]) == PEOPLE
    assert tally.seconds["curve, drag"]
    for what in ("curve, release", "page, release"):
        assert len(tally.seconds[what]) == tally.counts["release sent"] > 0
    assert tally.counts["jobs seen"] >= 2
    assert tally.counts["malformed, sent"] == MALFORMED
    assert outcome.helpers_killed == 1
    assert outcome.samples[-1].cpu[0] > 0
    assert any(line.startswith("met") for line in table(outcome))
    assert figures(outcome)["lost"] == {}


def test_malformed_steps_of_a_drag_come_as_far_as_the_curves() -> None:
    sent = [one for one in malformed(random.Random(7), 800, "widget") if one.path == "/drag"]
    answers = [Drag().answer(one.data.decode(errors="replace")) for one in sent]
    errors = {str(answer.get("error"))[:25] for answer in answers}
    assert any("charts" in answer for answer in answers)
    assert len(errors) >= 8, errors
