"""What a moved slider costs the web process, side by side: a step of a drag past the script and through it,
and a release against a run of the whole page.

    python -m tests.benchmarks.drag_cpu

A client without a browser moves a slider of the Playground; counted is the CPU time of the web process alone,
so a busy machine matters less than for seconds. A release runs the same parts of the script as a step that
goes through it; with its race, the web process reads that one's events as well.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import psutil
from websockets.sync.client import connect

from tests.benchmarks.drag_curves import playground, running_app
from tests.benchmarks.raw_client import RawClient

CARD, NAME = "sliders_0", "schedule.gamma"
STEPS = 100  # updates of the race that a release starts


def _web_process(url: str) -> psutil.Process:
    port = urlsplit(url).port
    own = psutil.Process().children()
    return next(
        process for process in own if any(part == f"--server.port={port}" for part in process.cmdline())
    )


def _cpu_ms(process: psutil.Process, act: Callable[[int], object], times: int, pause_s: float = 0.0) -> float:
    """CPU time (ms) of the process for each of so many acts."""
    act(0)
    time.sleep(0.5)
    before = sum(process.cpu_times()[:2])
    for number in range(1, times + 1):
        act(number)
        time.sleep(pause_s)
    time.sleep(0.3)
    return 1000 * (sum(process.cpu_times()[:2]) - before) / times


def run(plans: int, times: int = 40) -> dict[str, float]:
    """CPU time (ms) of each kind of move with so many plans on the page."""
    with running_app() as url:
        process = _web_process(url)
        address = playground(url, plans, STEPS)
        with (
            RawClient(url, urlsplit(address).query) as client,
            connect(url.replace("http", "ws", 1) + "/drag", proxy=None) as socket,
        ):

            def past(number: int) -> None:
                step = {"n": number, "of": "plans.0", "values": {NAME: 0.2 + number / 1e4}}
                if number == 0:
                    step |= client.described
                socket.send(json.dumps(step))
                assert json.loads(socket.recv(30))["n"] == number

            def through(number: int) -> None:
                client.move(CARD, NAME, 0.3 + number / 1e4, dragging=True)

            def release(number: int) -> None:
                client.move(CARD, NAME, 0.4 + number / 1e4, dragging=False)

            time.sleep(2)
            client.run()  # the race has ended, and losses are predicted from it
            return {
                "a step past the script": _cpu_ms(process, past, 5 * times),
                "a step through the script, or a release": _cpu_ms(process, through, times),
                "a release with its race": _cpu_ms(process, release, times, 0.4),
                "a run of the whole page": _cpu_ms(process, lambda _: client.run(), times),
            }


def main() -> None:
    tables = {plans: run(plans) for plans in (1, 8)}
    print(f"{'CPU of the web process':<32}" + "".join(f"{f'{plans} plans':>12}" for plans in tables))
    for what in tables[1]:
        print(f"{what:<32}" + "".join(f"{table[what]:>9.1f} ms" for table in tables.values()))


if __name__ == "__main__":
    main()
