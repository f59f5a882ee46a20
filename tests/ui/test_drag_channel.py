"""What the charts of a page show of a drag: `drag.js` without a browser, in the Node.js of Playwright."""

from __future__ import annotations

import json
import subprocess

import pytest
from playwright._impl._driver import compute_driver_executable

from tests.source import ROOT

MODULE = (ROOT / "ui/components/shared/frontend/drag.js").as_uri()
PAGE = """
globalThis.document = { baseURI: "http://localhost/" }
globalThis.WebSocket = class {
  static OPEN = 1
  constructor() { this.readyState = 1; globalThis.socket = this }
  send(text) {
    const { n } = JSON.parse(text)
    this.onmessage({ data: JSON.stringify({ n, charts: { lr: {} } }) })
  }
  close() {}
}
const { Drag, follow, known, partsOf } = await import(MODULE)
let dropped = 0
follow("lr", { page: "curves", words: "{}", moved() {}, dropped() { dropped += 1 } })
const thumb = new Drag("curves", "plans.0")
thumb.step({ gamma: 0.5 }, () => {}, () => {})
const said = []
const tell = () => said.push(partsOf("lr").length)
tell()
END
console.log(JSON.stringify({ said, dropped }))
process.exit()
"""


def told(end: str) -> dict[str, object]:
    """How many parts the chart shows, each time that the page says `tell`, and how often it was told to drop
    them."""
    node = compute_driver_executable()[0]
    script = PAGE.replace("MODULE", json.dumps(MODULE)).replace("END", end)
    done = subprocess.run(
        [node, "--input-type=module", "-e", script], capture_output=True, text=True, check=True, timeout=60
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("end", "shown", "dropped"),
    [
        ("known(Date.now()); tell(); known(thumb.release()); tell()", [1, 1, 0], 0),
        ("thumb.cancel(); tell(); thumb.cancel()", [1, 0], 1),
        ("const at = thumb.release(); thumb.cancel(); tell(); known(at); tell()", [1, 1, 0], 0),
    ],
    ids=["let go", "the slider is gone", "gone after it was let go"],
)
def test_what_a_drag_has_changed_is_shown_until_python_knows_or_the_slider_is_gone(
    end: str, shown: list[int], dropped: int
) -> None:
    assert told(end) == {"said": shown, "dropped": dropped}
