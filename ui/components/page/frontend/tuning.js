// What "Tune each plan" opens lies below the fold, and the button that had the focus is gone: the panel comes
// into sight and takes it.

const PANEL = "st-key-tuning_open"

export function showTuning() {
  let asked = false
  document.addEventListener("click", event => {
    asked ||= event.target.closest?.(".st-key-tune button") != null
  })
  new MutationObserver(() => {
    const panel = asked && document.getElementsByClassName(PANEL)[0]
    if (!panel) return
    asked = false
    panel.tabIndex = -1
    panel.setAttribute("role", "region")
    panel.setAttribute("aria-label", "Tune each plan")
    panel.focus({ preventScroll: true })
    panel.scrollIntoView({ block: "start" })
  }).observe(document.body, { subtree: true, childList: true })
}
