"""Some members of an experiment, for a machine that trains these only: which ones, and as text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise

from lrcore.experiment.experiment import Experiment

# An experiment is split as long as every part trains for this long (less does not pay for its journey), and
# all of them together for at most this many times as long as the whole (a step has a cost that no split
# divides).
SECONDS_MIN = 2.0
WORK_MAX = 2.0


@dataclass(frozen=True)
class Part:
    """The members of plans `plans` and seeds `seeds` of the experiment `whole`."""

    whole: Experiment
    plans: range
    seeds: range

    @property
    def experiment(self) -> Experiment:
        """The part as an experiment of its own, to be trained from seed `seeds.start` on."""
        plans = self.whole.plans[self.plans.start : self.plans.stop]
        return self.whole.model_copy(update={"plans": plans, "seeds": len(self.seeds)})

    @property
    def text(self) -> str:
        """The part as JSON, for `read_part`."""
        return json.dumps({"experiment": self.experiment.model_dump_json(), "first_seed": self.seeds.start})


def read_part(text: str | bytes) -> tuple[Experiment, int]:
    """What is to be trained, and its first seed, from the JSON of an experiment or of a part.

    >>> whole = Experiment(plans=["lr=0.3", "lr=0.1"], seeds=4)
    >>> experiment, first_seed = read_part(Part(whole, range(1, 2), range(2, 4)).text)
    >>> [plan.text for plan in experiment.plans], experiment.seeds, first_seed
    (['lr=0.1'], 2, 2)
    >>> read_part(whole.model_dump_json()) == (whole, 0)
    True
    """
    fields = json.loads(text)
    first_seed = fields.get("first_seed")
    if first_seed is None:
        return Experiment.model_validate_json(text), 0
    return Experiment.model_validate_json(fields["experiment"]), int(first_seed)


def split(whole: Experiment, most: int) -> list[Part]:
    """At most `most` parts that can be trained at the same time, and together are the whole: as many as pay,
    which for a short experiment is one.

    >>> [len(split(Experiment(plans=["lr=0.3"] * 4, seeds=seeds, steps=2000), 4)) for seeds in (5, 20)]
    [1, 2]
    """
    for count in range(min(most, whole.members), 1, -1):
        parts = _grid(whole, count)
        seconds = [part.experiment.estimated_seconds for part in parts]
        if min(seconds) >= SECONDS_MIN and sum(seconds) <= WORK_MAX * whole.estimated_seconds:
            return parts
    return _grid(whole, 1)


def _grid(whole: Experiment, count: int) -> list[Part]:
    """At most `count` parts of about the same size: plans in blocks, seeds in blocks."""
    plans, seeds = len(whole.plans), whole.seeds
    shapes = [(rows, min(seeds, count // rows)) for rows in range(1, min(plans, count) + 1)]
    # the largest part decides when all are done; seeds are cut before plans, which share them
    rows, columns = min(shapes, key=lambda shape: (-(-plans // shape[0]) * -(-seeds // shape[1]), shape))
    return [Part(whole, p, s) for p in _blocks(plans, rows) for s in _blocks(seeds, columns)]


def _blocks(length: int, count: int) -> list[range]:
    bounds = [length * number // count for number in range(count + 1)]
    return [range(start, stop) for start, stop in pairwise(bounds)]
