"""The few rules of layout that Streamlit's theme has no setting for. They come with the page, before the
first element: a script would send them when all stands already, and everything would move."""

from __future__ import annotations

import streamlit as st

from lrcore.figures.theme import color

# On a phone the charts come first, and the learning-rate chart stays in sight while a slider is dragged far
# below it: the right column is dissolved (`display: contents`), so that its chart sticks within the whole
# Playground and not within the column.
_COLUMNS = '.st-key-playground > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"]'
# Nothing moves when more arrives. The page is wide before the script says so. A chart has its place before
# its component is loaded: plot, a line of read-outs and, over the losses, one of progress; else what stands
# below it comes first and is pushed down. Sliders have that of their first row.
PAGE_CSS = """.st-key-lr { min-height: 298px; }
.st-key-loss { min-height: 402px; }
[class*="st-key-sliders_"] { min-height: 55px; }
.stMainBlockContainer { max-width: initial; padding-top: 4.1rem; padding-bottom: 3rem; }
[class*="st-key-duplicate_"] button p, [class*="st-key-remove_"] button p {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
[data-testid="stSelectbox"] input { text-overflow: ellipsis; }
@media (max-width: 640px) {
  .st-key-header > :first-child { flex-basis: 100%; }
  .st-key-header > :nth-child(2) { display: none; }
  .st-key-header > :nth-child(3) { flex: 1 1 0; min-width: 0; }
  .st-key-curves > div > [data-testid="stHorizontalBlock"],
  .st-key-curves > [data-testid="stHorizontalBlock"] { flex-direction: column-reverse; }
  .stMainBlockContainer { padding-left: 0.8rem; padding-right: 0.8rem; }
  COLUMNS { flex-direction: column; align-items: stretch; }
  COLUMNS > :last-child,
  COLUMNS > :last-child > [data-testid="stVerticalBlock"] { display: contents; }
  COLUMNS > :first-child { order: 1; }
  .st-key-playground .st-key-lr {
    position: sticky; top: 0; z-index: 5; background: var(--st-background-color, Canvas);
    border-radius: 0 0 0.5rem 0.5rem;
  }
}
""".replace("COLUMNS", _COLUMNS)


def swatch(plan: int, text: str) -> None:
    """A plan's name behind a stroke of its colour."""
    st.html(
        '<div style="display:flex;align-items:center;gap:.5rem;font-weight:600">'
        "<span"
        f' style="display:inline-block;width:1.6rem;height:.3rem;border-radius:.2rem;'
        f'background:{color(plan)}"></span>{text}</div>'
    )
