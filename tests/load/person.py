"""One person: opens a page, drags a slider every few seconds and, on the Playground, watches the training."""

from __future__ import annotations

import asyncio
import random
from urllib.parse import urlencode

from websockets.exceptions import ConnectionClosed, InvalidStatus

from lrcore import links
from lrcore.gallery.examples import EXAMPLES
from tests.load.page import Mounted, Page, now
from tests.load.race_watch import RaceWatch
from tests.load.scenario import Scenario
from tests.load.slider import Slider
from tests.load.tally import Tally
from tests.load.thumb import drag

PATIENCE = 40.0  # seconds until who waits for a curve gives up
REST_S, SHOWN_S = 5.0, 10.0  # who looks for so long is to have seen the result within
COMPARED = 5  # one job in so many is watched twice, and once more when it has ended


class Person:
    """Somebody of the class, told apart by `number`; the first `scenario.racing` are on the Playground."""

    def __init__(self, number: int, scenario: Scenario, tally: Tally) -> None:
        self._scenario, self._tally = scenario, tally
        self._rng = random.Random(number)
        self._races = number < scenario.racing
        self._released = 0.0
        self.page = Page(
            scenario.url,
            name="" if self._races else "curves",
            query=link(number) if self._races else _curves_link(number),
            listen=self._hear,
            trouble=tally.error,
        )
        self._race = RaceWatch(self.page, tally)
        # The card of the opening experiment's first schedule is open when nobody has opened another.
        card, chart = (2, "lr") if self._races else (0, "curves_chart")
        self._slider = Slider(self.page, tally, card, "schedule.gamma", chart)

    async def live(self) -> None:
        """From the opening of the page to the end of the scenario."""
        begun = now()
        try:
            await self.page.open()
            self._tally.took("page opens", now() - begun)
            await self._move_on_and_on()
        except (ConnectionClosed, InvalidStatus, OSError, TimeoutError, StopIteration) as error:
            self._tally.error(f"{type(error).__name__}: {error}")
        finally:
            await self._race.close()
            await self._slider.close()
            await self.page.close()

    async def _move_on_and_on(self) -> None:
        every = self._scenario.every
        due = max(now(), self._scenario.begin) + self._rng.random() * every
        while due < self._scenario.end and not self.page.gone:
            await asyncio.sleep(max(0.0, due - now()))
            self._tally.took("drag begins late", max(0.0, now() - due))
            await self._move()
            if self._scenario.rhythm == "resting":
                due = self._released + every * self._rng.uniform(0.5, 1.5)
                await self._look(due)
            else:
                # Nobody is a metronome: at one exact beat all would fall into step at the first stall.
                due = max(due + every * self._rng.uniform(0.5, 1.5), now())

    async def _move(self) -> None:
        held = self._scenario.drag
        self._race.compared = self._rng.randrange(COMPARED) == 0
        await self._slider.drag(drag(self._slider.scale, self._rng, held), held)
        self._released = now()
        if await self._slider.drawn(PATIENCE):
            self._tally.counts["drags done"] += 1
        else:
            self._tally.error(f"no curve within {PATIENCE:g} s of the release")

    async def _look(self, until: float) -> None:
        """Rest on what was moved to, and say whether its result was there in time."""
        if until > self._scenario.end:
            return
        await asyncio.sleep(max(0.0, until - now()))
        if until - self._released >= REST_S and self._races:
            self._tally.counts["experiments rested on"] += 1
            if (took := self._race.shown_at - self._released) > 0:
                self._tally.took("result, resting", took)
                self._tally.counts["results shown in time"] += took <= SHOWN_S

    def _hear(self, key: str, mounted: Mounted) -> None:
        self._slider.hear(key, mounted)
        self._race.hear(key, mounted)
        if key == "alert":
            self._tally.counts[f"said: {mounted.data['text'][:80]}"] += 1


def link(number: int) -> str:
    """The opening experiment with a learning rate that nobody else has, so that nobody trains it for them."""
    params = links.to_params(EXAMPLES["01_open"].experiment)
    plans = [f"lr={0.1 + number / 10_000:.4f}", *params["plan"][1:]]
    return urlencode({**params, "plan": plans}, doseq=True)


def _curves_link(number: int) -> str:
    plans = (
        f"lr={0.1 + number / 10_000:.4f} StepLR(step_size=30, gamma=0.3)",
        "lr=0.1 CosineAnnealingLR(T_max=90)",
        "lr=0.1 InverseTimeDecay(lr_decay=5e-5) per iteration",
    )
    return urlencode({"plan": plans, "curve_steps": 36_000, "curve_epoch": 400}, doseq=True)
