"""What one visitor does is not felt by another: open files, long jobs, dear links, big messages, uploads."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import struct
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest

from tests.browser.conftest import SLOW, answers
from tests.jobs.support import run_async
from tests.load.page import Page
from tests.load.server import Server, serving
from tests.load.visitor import Visitor, playground, until

FILES = 256  # macOS' default; Linux' 1,024 take a few seconds longer to fill
DEAR_S = 5.0  # for which it is looked what a dear link costs; it may take longer, elsewhere
KEPT = 64  # ended jobs that the board remembers
MB = 2**20
QUICK = {"steps": 100, "seeds": 1}
_numbers = itertools.count(1)


def quick() -> str:
    """A link to an experiment that is over at once and that nobody has seen."""
    return playground(f"lr={next(_numbers) / 1000}", "lr=0.2", **QUICK)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(environment={"LRLAB_SLOTS": "2"}, files=FILES) as running:
        yield running


def web(server: Server) -> psutil.Process:
    return psutil.Process(server.process.pid)


def test_training_comes_back_after_all_descriptors_were_taken(server: Server) -> None:
    place = urlsplit(server.url)

    async def main() -> None:
        async with Visitor(server.url, quick()) as visitor:
            await visitor.results()
            with contextlib.ExitStack() as idle:
                for _ in range(FILES + 50):
                    connection = socket.socket()
                    idle.enter_context(connection)
                    connection.setblocking(False)
                    connection.connect_ex((place.hostname, place.port))
                # All are taken while they are accepted; then half is kept for the server's own work.
                await until(lambda: web(server).num_fds() >= FILES // 2, "the descriptors to be taken")
                for _ in range(3):  # asks for workers while there is no socket for them
                    with contextlib.suppress(TimeoutError):
                        visitor.page.query = quick()
                        await visitor.page.rerun()
                        await visitor.page.finished(2)
            await until(lambda: web(server).num_fds() < FILES // 2, "the descriptors to be free")
            await asyncio.to_thread(lambda: answers(f"{server.url}/ready?wait=30"))
        async with Visitor(server.url, quick()) as another:
            await another.results()

    run_async(main())


def test_results_stay_however_many_other_jobs_pass_by(server: Server) -> None:
    async def main() -> None:
        async with Visitor(server.url, quick()) as visitor, Visitor(server.url, quick()) as other:
            await visitor.results()
            for _ in range(KEPT + 6):
                await other.visit(quick())
            shown = visitor.page.kinds["table"]
            await visitor.touch()
            await until(lambda: visitor.page.kinds["table"] > shown, "the results after a run", 30)
            assert visitor.trouble == []

    run_async(main())


def test_a_dear_link_is_not_paid_by_the_web_process(server: Server) -> None:
    """Twelve plans that can only be followed step by step, over ten million updates, in two tabs."""

    def cost(plan: str) -> float:
        query = playground(*(plan.format(number) for number in range(11, 17)), curve_steps=10_000_000)

        async def main() -> None:
            tabs = [Visitor(server.url, query, name="curves") for _ in range(2)]
            opening = [asyncio.create_task(tab.page.open()) for tab in tabs]
            await asyncio.wait(opening, timeout=DEAR_S)
            async with Visitor(server.url, quick()):
                pass  # who comes meanwhile gets the page
            for task in opening:
                task.cancel()
            await asyncio.gather(*opening, return_exceptions=True)
            for tab in tabs:
                await tab.page.close()

        before = web(server).cpu_times()
        run_async(main())
        after = web(server).cpu_times()
        return float(after.user + after.system - before.user - before.system)

    cheap = cost("lr=0.{} StepLR(step_size=1000, gamma=0.5)")
    dear = cost('lr=0.1 MultiplicativeLR(lr_lambda="1 - 0.{} * sin(epoch) / (1 + epoch)") per iteration')
    assert dear < 2 * cheap + 12 * 0.05, "50 ms a plan"


def _frame(size: int) -> bytes:
    """The head of a WebSocket message of so many bytes, masked with zeros."""
    return struct.pack("!BBQ", 0x82, 0x80 | 127, size) + bytes(4)


@pytest.mark.parametrize("path", ["/_stcore/stream", "/live/0000000000000000"])
def test_unfinished_messages_do_not_fill_the_memory(server: Server, path: str) -> None:
    place = urlsplit(server.url)
    head = (
        f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    before = web(server).memory_info().rss
    with contextlib.ExitStack() as held:
        for _ in range(4):
            connection = held.enter_context(
                socket.create_connection((place.hostname, place.port), timeout=10)
            )
            connection.sendall(head.encode())
            assert b"101" in connection.recv(4096)
            with contextlib.suppress(OSError):  # closed on it, as it should be
                connection.sendall(_frame(99 * MB))
                for _ in range(30):
                    connection.sendall(bytes(MB))
        grown = web(server).memory_info().rss - before
    assert grown < 50 * MB


def test_an_app_without_an_uploader_takes_no_files(server: Server) -> None:
    async def session() -> str:
        page = Page(server.url)
        await page.open()
        return page.session

    with urllib.request.urlopen(f"{server.url}/_stcore/health") as answer:
        cookie = str(answer.headers.get("Set-Cookie", "")).split(";")[0]
    name, _, token = cookie.partition("=")
    url = f"{server.url}/_stcore/upload_file/{run_async(session())}/a-file"
    body = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nhello\r\n--x--\r\n'
    headers = {
        "Cookie": f"{name}={token}",
        "X-Xsrftoken": token,
        "Content-Type": "multipart/form-data; boundary=x",
    }
    request = urllib.request.Request(url, body, headers, method="PUT")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert 400 <= refused.value.code < 500


def test_two_visitors_with_long_jobs_do_not_stop_the_others(server: Server) -> None:
    async def main() -> None:
        async with contextlib.AsyncExitStack() as here:
            for rate in ("lr=0.011", "lr=0.012"):
                await here.enter_async_context(Visitor(server.url, playground(rate, "lr=0.05", **SLOW)))
            visitor = await here.enter_async_context(Visitor(server.url, quick()))
            await visitor.results()
            assert visitor.trouble == []

    run_async(main())
