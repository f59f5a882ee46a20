"""The script that Streamlit runs: the page's frame and the navigation over `pages/`, nothing else."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.server import operators
from ui.server.turns import turn
from ui.server.visitors import visitors
from ui.session import presence
from ui.session.link import open_link, write_link
from ui.session.session import session
from ui.session.user import show_user

PAGES = Path(__file__).resolve().parent.parent / "pages"

st.set_page_config(page_title="LR Lab", page_icon=str(PAGES.parent / "ui" / "icon.svg"), layout="wide")
show_user()
presence.hold()
visitors.ran()
pages = [
    st.Page(PAGES / "playground.py", title="Playground", icon=":material/science:", default=True),
    st.Page(PAGES / "curves.py", title="Curves", icon=":material/show_chart:"),
]
if operators.wanted():  # at its address, and not in the menu that every visitor sees
    pages.append(st.Page(PAGES / "status.py", title="Status", url_path="status", visibility="hidden"))
page = st.navigation(pages, position="top")
with st.container(horizontal=True, gap="small", key="phone_menu"):  # there Streamlit hides the pages' names
    for entry in pages[:2]:
        st.page_link(entry)
with turn():
    open_link()
    session().dragging = False  # a drag runs a fragment alone: one that is still marked here was interrupted
    page.run()
    write_link()
