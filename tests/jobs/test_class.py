"""A class on two slots, in a time of its own: whoever rests sees a result, of fewer seeds first."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from lrcore import Experiment
from lrcore.jobs import preview_of, race
from tests.jobs.virtual import virtual_board
from tests.jobs.worlds import Move, Person, another_opening, of_seconds

MINUTES = 1


def a_class(people: int, rest_s: Callable[[random.Random], float], pace: float) -> list[Move]:
    """The moves of people on two slots, where training takes `pace` times what is estimated."""
    board, _, clock = virtual_board(2, seconds=lambda experiment: pace * experiment.estimated_seconds)
    end = clock.now() + 60 * MINUTES
    chance = random.Random(5)
    class_ = []
    for number in range(people):
        rests = random.Random(number)
        person = Person(f"pupil {number}", board, clock, lambda rests=rests: rest_s(rests), end)
        clock.later(chance.uniform(0, 5), person.move)
        class_.append(person)
    clock.pass_by(60 * MINUTES + 30)
    return [move for person in class_ for move in person.moves]


def shown(moves: list[Move]) -> float:
    """The share of the settings on which somebody rested for 5 s whose first result came within 10 s."""
    rested = [move for move in moves if move.until is None or move.until - move.at >= 5]
    assert len(rested) > 50
    return sum(move.first is not None and move.first - move.at <= 10 for move in rested) / len(rested)


@pytest.mark.parametrize(
    ("rest_s", "pace"),
    [
        # The opening experiment, estimated at 2.4 s, takes 0.8 s on a free core and 1 to 3 s on busy ones.
        pytest.param(lambda rests: rests.expovariate(1 / 5), 0.4, id="at random, free cores"),
        pytest.param(lambda rests: rests.expovariate(1 / 5), 1.0, id="at random, busy cores"),
        pytest.param(lambda rests: 5.0 + rests.uniform(0, 0.1), 0.4, id="like clockwork, free cores"),
    ],
)
def test_twenty_people_who_move_every_five_seconds_see_results(rest_s, pace):
    assert shown(a_class(20, rest_s, pace)) >= 0.8


def test_fewer_seeds_first_are_what_lets_a_class_see_results(monkeypatch):
    """The same class with whole experiments alone misses the goal; else the test above would prove little."""
    monkeypatch.setattr("lrcore.jobs.races.preview_of", lambda experiment: None)
    assert shown(a_class(20, lambda rests: rests.expovariate(1 / 5), 1.0)) < 0.8


def test_whoever_rests_longer_sees_all_seeds_when_the_others_have_seen_some():
    board, _, clock = virtual_board(2)
    people = [Person(f"pupil {n}", board, clock, lambda: 300.0, clock.now() + 100) for n in range(6)]
    for person in people:
        person.move()
    clock.pass_by(60)
    moves = [person.moves[0] for person in people]
    early = [move for move in moves if move.first != move.whole]
    assert len(early) == 4, "two had a slot at once"
    assert all(move.whole is not None for move in moves)
    assert max(move.first for move in moves) < min(move.whole for move in early)


def test_alone_nobody_sees_fewer_seeds():
    board, backend, clock = virtual_board(2)
    experiment = another_opening()
    assert race(board, experiment, "ann").job.experiment == experiment
    clock.pass_by(0.5)
    moved = another_opening()
    assert race(board, moved, "ann").job.experiment == moved
    clock.pass_by(10)
    assert len(backend.started) == 2


def test_a_race_under_load_goes_from_some_seeds_to_all_of_them():
    board, _, clock = virtual_board(2)
    for owner in ("x", "y"):
        board.submit(of_seconds(10), owner)
    experiment = another_opening()
    now = race(board, experiment, "ann")
    assert (now.job.experiment, now.first) == (preview_of(experiment), None)
    assert race(board, experiment, "ann").job is now.job, "another run of the script changes nothing"
    clock.pass_by(12)
    later = race(board, experiment, "ann")
    assert (later.job.experiment, later.first) == (experiment, now.job)
    assert later.shown is now.job
    clock.pass_by(5)
    last = race(board, experiment, "ann")
    assert (last.job, last.shown, last.job.state) == (later.job, later.job, "done")


@pytest.mark.parametrize(
    ("slots", "runs_s", "size"),
    [
        pytest.param(
            2, 300, {"seeds": 20, "model": {"hidden": (128,) * 4}}, id="the slot left is for short ones"
        ),
        pytest.param(1, 10, {}, id="the second process of one slot is for long ones"),
    ],
)
def test_fewer_seeds_come_first_where_the_whole_has_to_wait_beside_a_free_process(slots, runs_s, size):
    board, _, _ = virtual_board(slots)
    board.submit(of_seconds(runs_s), "x")
    fields = {name: getattr(another_opening(), name) for name in Experiment.model_fields}
    experiment = Experiment.model_validate({**fields, **size})
    now = race(board, experiment, "ann").job
    assert now.experiment == preview_of(experiment)
    assert now.state == ("running" if slots == 2 else "queued")


def test_a_race_that_was_stopped_among_its_first_seeds_may_begin_again():
    board, _, _ = virtual_board(2)
    for owner in ("x", "y"):
        board.submit(of_seconds(10), owner)
    experiment = another_opening()
    first = race(board, experiment, "ann").job
    board.cancel(first.id, "ann")
    again = race(board, experiment, "ann").job
    assert (again.id, again is first, again.state) == (first.id, False, "queued")
