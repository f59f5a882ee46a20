"""A visitor of the Playground who moves nothing: what the page does for him, whatever others do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlencode

from tests.load.page import Mounted, Page
from tests.load.race_watch import LOSS, RaceWatch
from tests.load.tally import Tally

PATIENCE_S = 60.0  # a busy machine is slow, not wrong


class Visitor:
    """An open page with its race."""

    def __init__(self, url: str, query: str = "", *, name: str = "") -> None:
        self.trouble: list[str] = []
        self.page = Page(url, name=name, query=query, listen=self._hear, trouble=self.trouble.append)
        self.race = RaceWatch(self.page, Tally())

    async def __aenter__(self) -> Visitor:
        await self.page.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.race.close()
        await self.page.close()

    def _hear(self, key: str, mounted: Mounted) -> None:
        self.race.hear(key, mounted)

    async def visit(self, query: str) -> None:
        """Go to another link, as by Back."""
        self.page.query = query
        await self.page.rerun()
        await self.page.finished()

    async def touch(self) -> None:
        """A run of the charts in which nothing has changed."""
        await self.page.rerun(self.page.mounted[LOSS].fragment)
        await self.page.finished()

    async def results(self) -> None:
        """Wait until the results are there."""
        await until(lambda: self.race.shown_at, "the results")


async def until(condition: Callable[[], object], what: str, patience: float = PATIENCE_S) -> None:
    """Wait until `condition` is truthy."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"waited {patience:g} s in vain for {what}"
        await asyncio.sleep(0.02)


def playground(*plans: str, **words: object) -> str:
    """The query of a link to the Playground."""
    return urlencode(
        [*(("plan", plan) for plan in plans), *((key, str(value)) for key, value in words.items())]
    )
