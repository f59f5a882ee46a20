// What a chart is to somebody who does not see it, has no mouse, or has one finger: its values in words, what
// becomes of a run as it happens, a cursor that keys move, and a page that scrolls under a swipe.

import { isLine } from "./figure.js"
import { formatNumber } from "./readout.js"

const ANNOUNCED = 200 // ms; a live region that is born with its words is not read
const LEAPS = { ArrowLeft: -0.01, ArrowRight: 0.01, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 }

const hidden = (tag, role) => {
  const node = document.createElement(tag)
  node.className = "lrc-unseen"
  if (role) node.setAttribute("role", role)
  return node
}

export class Access {
  // `chart` has `root`, `frame`, `cursor` and `data`.
  constructor(chart) {
    this.chart = chart
    this.values = hidden("p")
    this.news = hidden("div", "status")
    this.keys = document.createElement("div")
    this.keys.className = "lrc-keys"
    const attributes = {
      role: "slider", tabindex: 0, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0,
    }
    for (const [name, value] of Object.entries(attributes)) this.keys.setAttribute(name, value)
    this.share = 0 // where the cursor stands between the ends of the axis
    this.timer = null
    chart.frame.setAttribute("role", "figure")
    chart.frame.append(this.values, this.keys)
    chart.root.append(this.news)
    this.keys.addEventListener("focus", () => this.#point(this.share))
    this.keys.addEventListener("blur", () => this.chart.cursor.point(null))
    this.keys.addEventListener("keydown", event => this.#key(event))
    // Plotly takes every touch of its drawing for the beginning of a zoom. Its buttons zoom on a phone.
    const leave = event => event.target.closest(".draglayer") && event.stopPropagation()
    chart.frame.addEventListener("touchstart", leave, { capture: true, passive: true })
  }

  update({ alt, say, group }) {
    const { frame } = this.chart
    if (alt) frame.setAttribute("aria-label", alt)
    else frame.removeAttribute("aria-label")
    this.keys.hidden = !group
    this.keys.setAttribute("aria-label", `Cursor. ${alt}`)
    if (say === this.said) return
    this.said = say
    clearTimeout(this.timer)
    this.timer = setTimeout(() => { this.news.textContent = say }, ANNOUNCED)
  }

  // After each drawing: the first and the last value of each line.
  drawn({ data }) {
    const lines = data.filter(trace => trace.name && trace.hoverinfo !== "skip" && isLine(trace))
    const text = lines.flatMap(described).join("; ")
    if (this.values.textContent !== text) this.values.textContent = text
  }

  #key(event) {
    const leap = LEAPS[event.key]
    if (!leap || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    this.#point(Math.min(1, Math.max(0, this.share + leap)))
  }

  #point(share) {
    this.share = share
    const { cursor, readout } = this.chart
    const x = cursor.at(share)
    if (x === null) return
    cursor.point(x)
    const [where, ...items] = [...readout.children].map(node => [node.title, ...words(node)].join(" ").trim())
    this.keys.setAttribute("aria-valuenow", Math.round(100 * share))
    this.keys.setAttribute("aria-valuetext", [where, items.join(", ")].filter(Boolean).join(": "))
  }

  leave() {
    clearTimeout(this.timer)
  }
}

// The number alone where the item's whole name stands in its title.
const words = node => (node.title ? [node.querySelector("b").textContent] : [node.textContent])

const isNumber = value => typeof value === "number"

function described({ name, x, y }) {
  const ends = [y.findIndex(isNumber), y.findLastIndex(isNumber)]
  if (ends[1] < 0) return []
  const [first, last] = ends.map(i => `${formatNumber(y[i])} at ${formatNumber(x[i])}`)
  return [first === last ? `${name}: ${first}` : `${name}: from ${first} to ${last}`]
}
