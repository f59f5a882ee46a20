"""What a load run does, as one value that its processes hand to each other as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal, Self

Rhythm = Literal["steady", "resting"]


@dataclass(frozen=True)
class Scenario:
    """A class of people and how long it lasts.

    Args:
        people: how many raw clients.
        racing: how many of them are on the Playground, where each release trains; the others move sliders on
            the Curves page.
        every: seconds between the beginnings of two drags of one person, on average: half to one and a half
            of it.
        rhythm: "steady" counts them from the beginning of the last drag; "resting" from its end, looking at
            the result.
        seconds: how long it is measured, after all have arrived.
        arrival: seconds over which people arrive.
        drag: seconds that a thumb is held.
        browsers: how many real browsers there are besides.
        faults: whether processes are killed, and clients misbehave, meanwhile.
        malformed: how many malformed links and messages are sent, with `faults`.
        url: the server, "http://127.0.0.1:8501".
        begin: when measuring begins, on the machine's monotonic clock.
    """

    people: int = 100
    racing: int = 20
    every: float = 2.0
    rhythm: Rhythm = "steady"
    seconds: float = 180.0
    arrival: float = 20.0
    drag: float = 0.3
    browsers: int = 2
    faults: bool = True
    malformed: int = 1000
    url: str = ""
    begin: float = 0.0

    @property
    def end(self) -> float:
        """When measuring ends, on the machine's monotonic clock."""
        return self.begin + self.seconds

    @property
    def title(self) -> str:
        doing = "move" if self.rhythm == "steady" else "move and look"
        return f"{self.people} people {doing} every {self.every:g} s, {self.racing} of them race"

    def at(self, url: str, begin: float) -> Self:
        """The same against this server, measured from `begin`."""
        return replace(self, url=url, begin=begin)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(**json.loads(text))
