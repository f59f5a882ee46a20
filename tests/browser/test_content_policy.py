"""The content security policy in a browser. That nothing of ours breaks it is held by every test that opens a
page (`watch_policy` in conftest.py); here is that the browser obeys it, and that a breach would be seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import App, settled, wait_for, watch_policy

pytestmark = pytest.mark.browser
_ADD = "([tag, of]) => document.body.append(Object.assign(document.createElement(tag), of))"
# Later, and so by the page: what the driver itself asks for is not held to the policy.
_EVAL = """() => new Promise(answer => setTimeout(() => {
    try { answer(Function("return 'ran'")()) } catch (error) { answer(error.name) }
}))"""


def test_what_the_policy_forbids_does_not_run_and_is_seen(app: App, browser: Browser) -> None:
    context = browser.new_context()
    seen = watch_policy(context)
    page = context.new_page()
    page.goto(app.link("lr=0.1", steps=20, seeds=1))
    settled(page)
    assert seen == []
    assert page.evaluate(_EVAL) == "EvalError"
    page.evaluate(_ADD, ["script", {"text": "window.ran = true"}])
    page.evaluate(_ADD, ["script", {"src": "https://elsewhere.example/x.js"}])
    page.evaluate(_ADD, ["iframe", {"src": f"{app.url}/curves"}])
    page.evaluate(_ADD, ["img", {"src": "https://elsewhere.example/x.png"}])
    wait_for(lambda: page.evaluate("true") and len(seen) >= 5, "five reports")
    assert {line.split()[0] for line in seen} == {"script-src", "script-src-elem", "frame-src", "img-src"}
    assert page.evaluate("window.ran") is None
    context.close()
