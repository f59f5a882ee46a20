"""`make docs`: writes the documents that are made from the code; `tests/test_docs.py` holds them to it."""

from __future__ import annotations

import re

from lrcore.links.__main__ import page
from tests.source import ROOT
from ui.server.settings import Settings
from ui.server.settings_text import table

if __name__ == "__main__":
    hosting = ROOT / "docs" / "hosting.md"
    settings = re.compile(r"(<!-- settings -->\n).*?\n\n", re.DOTALL)
    text = settings.sub(lambda found: f"{found[1]}{table(Settings)}\n\n", hosting.read_text(encoding="utf-8"))
    hosting.write_text(text, encoding="utf-8")
    (ROOT / "docs" / "links.md").write_text("\n".join(page()) + "\n", encoding="utf-8")
    document, name = ROOT / "CONTRIBUTING.md", "lrcore/schedules/linear.py"
    model = (ROOT / name).read_text(encoding="utf-8")
    shown = re.compile(rf"(<!-- {name} -->\n```python\n).*?```", re.DOTALL)
    text = shown.sub(lambda found: f"{found[1]}{model}```", document.read_text(encoding="utf-8"))
    document.write_text(text, encoding="utf-8")
