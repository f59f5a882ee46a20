// Back without dead steps. Streamlit opens a page at its bare address and makes another step of the history
// when the script has written the words of the link into it; to go back to the first is to be sent on to the
// second again. An address that only says more of what is there takes the place of the bare one.

export function spareHistory() {
  const { pushState, replaceState } = history
  history.pushState = (state, unused, url) => {
    const next = new URL(url ?? "", document.location)
    const bare = !document.location.search && next.pathname === document.location.pathname
    const write = bare ? replaceState : pushState
    write.call(history, state, unused, url)
  }
}
