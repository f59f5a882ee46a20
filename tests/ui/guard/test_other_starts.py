"""However the app is started, the guard stands before it, and the settings hold."""

from __future__ import annotations

from tests.served import free_port, served
from tests.ui.guard.conftest import COURSE


def test_uvicorn_serves_it_too() -> None:
    """`streamlit run app.py` is what the tests of the browser start."""
    port = free_port()
    start = ["-m", "uvicorn", "app:app", "--port", str(port)]
    with served(port, start, frame_ancestors=COURSE, page_rate="2/minute") as app:
        page = app.ask("/curves")
        assert page.status == 200
        assert f"frame-ancestors {COURSE}" in page.headers["Content-Security-Policy"]
        assert app.ask("/", "PUT").status == 405
        assert app.knock("/_stcore/stream", Origin=app.url) == 101
        assert app.knock("/_stcore/stream", Origin="https://elsewhere.example") == 403
        assert [app.ask("/").status for _ in range(2)] == [200, 429]
        assert app.ask("/ready?wait=60").status == 200
