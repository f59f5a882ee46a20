"""A process of people: `python -m tests.load.clients SCENARIO`, which prints what they have measured."""

from __future__ import annotations

import asyncio
import sys
import time

from tests.load.page import now
from tests.load.person import Person
from tests.load.scenario import Scenario
from tests.load.tally import Tally

BEAT_S = 0.1


async def _beat(tally: Tally) -> None:
    """How late this process itself is: that much of each latency may be its own."""
    while True:
        begun = now()
        await asyncio.sleep(BEAT_S)
        tally.took("the clients' own lag", now() - begun - BEAT_S)


async def run(scenario: Scenario) -> Tally:
    """Let everybody arrive, one after the other, and live to the end."""
    tally = Tally()
    beat = asyncio.create_task(_beat(tally))
    people = []
    for number in _mixed(scenario):
        people.append(asyncio.create_task(Person(number, scenario, tally).live()))
        await asyncio.sleep(scenario.arrival / scenario.people)
    await asyncio.gather(*people)
    beat.cancel()
    tally.took("the clients' CPU", time.process_time())
    return tally


def _mixed(scenario: Scenario) -> list[int]:
    """Who races arrives among the others, evenly spread."""
    return sorted(
        range(scenario.people),
        key=lambda number: (
            (number / scenario.racing)
            if number < scenario.racing
            else (number - scenario.racing) / (scenario.people - scenario.racing)
        ),
    )


if __name__ == "__main__":
    print(asyncio.run(run(Scenario.from_json(sys.argv[1]))).to_json())
