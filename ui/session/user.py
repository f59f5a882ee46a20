"""Who has signed in, on the page; nothing where nobody has to."""

from __future__ import annotations

import streamlit as st

from ui.server.guard import sign_in
from ui.text import plain


def show_user() -> None:
    """The name of who has signed in, and a button to sign out.

    The guard lets nobody's browser open a session without a sign-in. Streamlit believes the cookie only of a
    page that it has served, so a session may still be nobody's: it ends here.
    """
    if not sign_in.wanted():
        return
    if not st.user.is_logged_in:
        st.error("Please sign in to use LR Lab.", icon=":material/lock:")
        st.button("Sign in", key="sign_in", on_click=st.login)
        st.stop()
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small", key="user"
    ):
        st.caption(plain(str(st.user.get("name") or st.user.get("email") or "Signed in")), width="content")
        st.button("Sign out", key="sign_out", on_click=st.logout, type="tertiary")
