// Code that is longer than its box is scrolled by keys. Streamlit gives the focus to the element around the
// one that scrolls.

export function reachCode() {
  const boxes = document.getElementsByClassName("stCode")
  const look = () => {
    for (const box of boxes) {
      const text = box.querySelector("pre:not([tabindex])")
      if (!text) continue
      text.tabIndex = 0
      text.setAttribute("role", "region")
      text.setAttribute("aria-label", "Code")
      box.removeAttribute("tabindex")
    }
  }
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true })
}
