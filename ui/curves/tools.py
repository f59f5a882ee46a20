"""The tools below the table, one in sight at a time: what the open tab holds is drawn, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from ui.curves.code import code_box
from ui.curves.export import export_box
from ui.curves.metric import metric_editor
from ui.curves.paste import paste_box
from ui.curves.points import points_editor
from ui.curves.theory import theory_box
from ui.session.parts import fragment, whole_page_if_stale
from ui.session.session import session
from ui.session.widgets import keep
from ui.session.workbench import Workbench


@dataclass(frozen=True)
class _Tool:
    """What a tab shows, the key of its fragment, whether that shows what a plan says, and the beginnings of
    the keys of what is typed or chosen there."""

    draw: Callable[[Workbench], None]
    key: str
    follows: bool
    holds: tuple[str, ...] = ()


_TOOLS = {
    "Paste": _Tool(
        paste_box, "curves_paste", follows=False, holds=("paste_text", "paste_base", "paste_value_")
    ),
    "Code": _Tool(code_box, "curves_code", follows=True, holds=("code_dialect", "code_plan@")),
    "Points": _Tool(points_editor, "curves_points", follows=True),
    "Theory": _Tool(theory_box, "curves_theory", follows=True, holds=("theory_",)),
    "Metric": _Tool(metric_editor, "curves_metric", follows=False, holds=("metric@",)),
    "Export": _Tool(export_box, "curves_export", follows=True, holds=("csv_every",)),
}


@fragment("curves_tools")
def tools() -> None:
    """The tabs, with what the open one holds."""
    whole_page_if_stale()
    session().unfollow(*[tool.key for tool in _TOOLS.values()])
    for tab, tool in zip(st.tabs(list(_TOOLS), key="tool", on_change="rerun"), _TOOLS.values(), strict=True):
        if tab.open:
            with tab:
                _drawn(tool)
        else:
            keep(*tool.holds)


def _drawn(tool: _Tool) -> None:
    if tool.follows:
        session().follow(tool.key)

    def drawn() -> None:
        whole_page_if_stale()
        tool.draw(session().workbench)

    fragment(tool.key)(drawn)()
