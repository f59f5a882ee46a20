// A slim bar with a sentence: how far a running job is.

const ACTIVE = new Set(["queued", "running", "reconnecting"])

const left = seconds => {
  if (seconds < 1) return "less than 1 s left"
  if (seconds < 90) return `about ${Math.round(seconds)} s left`
  return `about ${Math.round(seconds / 60)} min left`
}

export class Progress {
  constructor() {
    this.node = document.createElement("div")
    this.node.className = "lrc-progress"
    this.node.hidden = true
    this.text = document.createElement("span")
    this.text.className = "lrc-progress-text"
    this.bar = document.createElement("div")
    this.bar.className = "lrc-progress-bar"
    const attributes = {
      role: "progressbar", "aria-label": "Training progress", "aria-valuemin": "0", "aria-valuemax": "100",
    }
    for (const [name, value] of Object.entries(attributes)) {
      this.bar.setAttribute(name, value)
    }
    this.bar.append(document.createElement("div"))
    this.node.append(this.bar, this.text)
  }

  // From the first job on the line keeps its place, so the chart does not jump with each of them.
  reserve() {
    this.node.hidden = false
  }

  update({ text = "", fraction = null, eta_s: eta = null, state = "running" } = {}) {
    const active = ACTIVE.has(state)
    this.node.classList.toggle("lrc-idle", !active)
    if (!active) return
    const percent = fraction === null ? null : Math.round(100 * Math.min(1, Math.max(0, fraction)))
    const told = eta === null || /\bleft\b/.test(text)
    const sentence = told ? text : [text, left(eta)].filter(Boolean).join(", ")
    this.bar.classList.toggle("lrc-unknown", percent === null)
    this.bar.firstChild.style.width = percent === null ? "" : `${percent}%`
    if (percent === null) this.bar.removeAttribute("aria-valuenow")
    else this.bar.setAttribute("aria-valuenow", String(percent))
    this.bar.setAttribute("aria-valuetext", sentence || `${percent ?? 0} %`)
    this.text.textContent = sentence
  }
}
