"""What one address may do, and that another is not held up by it."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.served import Served
from ui.server.guard import rates
from ui.server.guard.visitor import counted
from ui.server.listening import MESSAGE_MAX
from ui.server.settings import Settings

PAGES, SOCKETS, OPEN = 6, 8, 3  # as in the settings of the app under test


def test_too_many_pages_get_a_sentence_and_a_time(app: Served, address: str) -> None:
    statuses = [app.ask("/", address=address).status for _ in range(PAGES + 1)]
    assert statuses == [200] * PAGES + [429]
    refused = app.ask("/curves", address=address, Accept="text/html")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Too many pages came from your address" in refused.text
    assert refused.headers["Content-Type"].startswith("text/html")
    assert app.ask("/", address=f"203.0.113.{address.rsplit('.')[-1]}").status == 200


def test_too_many_sockets_are_refused_with_a_time(app: Served, address: str) -> None:
    assert [app.knock("/live/x", address) for _ in range(SOCKETS + 1)] == [101] * SOCKETS + [429]
    with pytest.raises(InvalidStatus) as refused, app.socket("/live/x", address):
        pass
    assert int(refused.value.response.headers["Retry-After"]) >= 1


def test_one_address_holds_only_its_share_of_sockets(app: Served, address: str) -> None:
    with ExitStack() as held:
        for _ in range(OPEN):
            held.enter_context(app.socket("/_stcore/stream", address))
        assert app.knock("/_stcore/stream", address) == 429
        assert app.knock("/live/x", f"203.0.113.{address.rsplit('.')[-1]}") == 101


@pytest.mark.parametrize("forged", ["192.0.2.1", "192.0.2.1, 127.0.0.1", "garbage"])
def test_who_invents_addresses_is_counted_as_himself(app: Served, address: str, forged: str) -> None:
    """A proxy appends the address that it sees to what the visitor sends."""
    seen = [app.ask("/", address=f"{forged}{number}, {address}").status for number in range(PAGES + 1)]
    assert seen[-1] == 429


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unix:", "unix:"),
    ],
)
def test_one_persons_addresses_count_as_one(address: str, group: str) -> None:
    assert counted(address) == group


def test_a_class_behind_one_address_is_within_the_limits() -> None:
    """60 pupils in one minute: each reloads three times, pastes five times and starts a run every three
    seconds, which opens a socket."""
    counts = rates.Rates(Settings())
    done: dict[rates.Kind, int] = {"page": 4, "session": 4, "paste": 5, "experiment": 20, "socket": 24}
    for kind, times in done.items():
        assert {counts.wait(kind, "a school") for _ in range(60 * times)} == {0}
    assert Settings().sockets_per_address >= 60 * 2 * 3, "two tabs, each with its page, a run and a drag"


def test_who_has_gone_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each address that ever came would otherwise cost memory, and time at every later request."""
    monkeypatch.setattr(rates, "_KEPT", 50)
    counts = rates.Rates(Settings(page_rate="2/second"))
    came = 0
    end = time.monotonic() + 30
    while came < 200 or len(counts) > 100:
        assert time.monotonic() < end, f"{len(counts)} of {came} addresses are remembered"
        counts.wait("page", f"address {came}")
        came += 1
        time.sleep(0 if came < 200 else 0.01)
    assert [counts.wait("page", "new") for _ in range(3)] == [0, 0, 1]


def test_a_message_that_is_too_large_ends_the_session(app: Served, address: str) -> None:
    with app.socket("/_stcore/stream", address) as socket:
        with suppress(ConnectionClosed):
            socket.send(b"x" * (MESSAGE_MAX + 1))
        with suppress(ConnectionClosed):
            while True:
                socket.recv(timeout=30)
        assert socket.close_code == 1009


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/", "/ready", "/_stcore/agent/interact"])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_nothing_is_uploaded(app: Served, path: str, method: str) -> None:
    assert app.ask(path, method).status == 405


@pytest.mark.parametrize("path", ["metrics", "%6detrics", "agent/openapi.json", "upload_file/a/b"])
def test_what_streamlit_serves_and_nobody_needs_is_closed(app: Served, path: str) -> None:
    assert app.ask(f"/_stcore/{path}").status == 404
