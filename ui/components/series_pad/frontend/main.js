// A series drawn by hand. Streamlit calls `render` again on every change of the data or of the theme.

import { loadStyles } from "../../shared/frontend/styles.js"
import { span, stroked } from "./stroke.js"

await loadStyles(new URL("./style.css", import.meta.url))

const LEFT = 44
const EDGE = 8
const BOTTOM = 20
const KEY_PAUSE = 400 // ms without a further key after which what the keys changed is told

const svg = (name, attributes, parent) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  parent?.append(node)
  return node
}

const shown = value => Number(value.toPrecision(4)).toString()

class Pad {
  constructor(parent) {
    for (const old of parent.querySelectorAll(":scope > .lrp")) old.remove()
    this.root = document.createElement("div")
    this.root.className = "lrp"
    this.area = svg("svg", { class: "lrp-area", tabindex: 0, role: "slider" }, this.root)
    this.note = document.createElement("div")
    this.note.className = "lrp-note"
    this.root.append(this.note)
    parent.append(this.root)
    this.values = []
    this.range = [0, 1]
    this.from = null // the last point of the stroke that is under way
    this.caret = 0
    this.keyTimer = null
    this.area.addEventListener("pointerdown", event => this.#grab(event))
    this.area.addEventListener("pointermove", event => this.#move(event))
    for (const end of ["pointerup", "pointercancel"]) this.area.addEventListener(end, () => this.#letGo())
    this.area.addEventListener("keydown", event => this.#key(event))
    this.area.addEventListener("blur", () => this.#keysRest())
    this.observer = new ResizeObserver(() => this.#draw())
    this.observer.observe(this.root)
  }

  update({ data: [data], setTriggerValue }) {
    this.data = data
    this.send = () => setTriggerValue("drawn", this.values)
    if (this.from || this.keyTimer) return // the hand is ahead of Python
    this.values = [...data.values]
    this.#fit()
    this.#draw()
  }

  // The height is kept while the series fills a good part of it: a scale that changes after each stroke is
  // hard to draw on.
  #fit() {
    const [low, high] = span(this.values)
    if (low !== this.range[0] || high > this.range[1] || high < this.range[1] / 3) this.range = [low, high]
  }

  // Where a pointer is, as a point of the series.
  #point(event) {
    const box = this.area.getBoundingClientRect()
    const { length, height } = this.data
    const across = (event.clientX - box.left - LEFT) / (box.width - LEFT - EDGE)
    const up = (height - BOTTOM - (event.clientY - box.top)) / (height - BOTTOM - EDGE)
    const [low, high] = this.range
    return {
      index: Math.round(Math.min(Math.max(across, 0), 1) * (length - 1)),
      value: low + Math.min(Math.max(up, 0), 1) * (high - low),
    }
  }

  #grab(event) {
    if (event.button !== 0) return
    event.preventDefault()
    this.area.focus({ preventScroll: true })
    this.area.setPointerCapture(event.pointerId)
    this.from = this.#point(event)
    this.#stroke(this.from)
  }

  #move(event) {
    if (this.from) this.#stroke(this.#point(event))
  }

  #stroke(point) {
    this.values = stroked(this.values, this.from, point)
    this.from = point
    this.caret = point.index
    this.#draw()
  }

  #letGo() {
    if (!this.from) return
    this.from = null
    this.send()
  }

  #key(event) {
    const [low, high] = this.range
    const along = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key]
    const up = { ArrowUp: 0.02, ArrowDown: -0.02, PageUp: 0.1, PageDown: -0.1 }[event.key]
    if (along === undefined && up === undefined) return
    event.preventDefault()
    if (along !== undefined) {
      const last = Number.isFinite(along) ? this.data.length - 1 : Math.max(this.values.length - 1, 0)
      this.caret = Math.min(Math.max(this.caret + along, 0), last)
    } else {
      const value = this.values[this.caret] ?? this.values.at(-1) ?? low
      const point = { index: this.caret, value: Math.min(Math.max(value + up * (high - low), low), high) }
      this.values = stroked(this.values, point, point)
      clearTimeout(this.keyTimer)
      this.keyTimer = setTimeout(() => this.#keysRest(), KEY_PAUSE)
    }
    this.#draw()
  }

  #keysRest() {
    if (!this.keyTimer) return
    clearTimeout(this.keyTimer)
    this.keyTimer = null
    this.send()
  }

  #draw() {
    if (!this.data) return
    const { length, label, unit, height } = this.data
    const { area, values, range: [low, high] } = this
    const width = area.clientWidth || 300
    const x = index => LEFT + (length > 1 ? index / (length - 1) : 0) * (width - LEFT - EDGE)
    const y = value => height - BOTTOM - ((value - low) / (high - low)) * (height - BOTTOM - EDGE)
    area.setAttribute("height", height)
    area.replaceChildren()
    for (const share of [0, 0.5, 1]) {
      const value = low + share * (high - low)
      svg("line", { class: "lrp-grid", x1: LEFT, x2: width - EDGE, y1: y(value), y2: y(value) }, area)
      const place = { class: "lrp-tick", x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }
      svg("text", place, area).textContent = shown(value)
    }
    for (const index of new Set([0, Math.floor((length - 1) / 2), length - 1])) {
      const anchor = index === 0 ? "start" : index === length - 1 ? "end" : "middle"
      const place = { class: "lrp-tick", x: x(index), y: height - 6, "text-anchor": anchor }
      svg("text", place, area).textContent = index + 1
    }
    const points = values.map((value, index) => `${x(index)},${y(value)}`).join(" ")
    svg("polyline", { class: "lrp-line", points }, area)
    this.caret = Math.min(this.caret, length - 1)
    const here = values[this.caret]
    if (here !== undefined) svg("circle", { class: "lrp-caret", cx: x(this.caret), cy: y(here), r: 4 }, area)
    const said = `${unit} ${this.caret + 1}: ${here === undefined ? "nothing yet" : shown(here)}`
    this.note.textContent = values.length ? said : "Draw here from left to right."
    const aria = {
      label, valuemin: low, valuemax: high, valuenow: here ?? low, valuetext: said, orientation: "vertical",
    }
    for (const [name, value] of Object.entries(aria)) area.setAttribute(`aria-${name}`, value)
  }

  destroy() {
    this.#keysRest()
    this.observer.disconnect()
    this.root.remove()
  }
}

const pads = new WeakMap()

export default function render(component) {
  const { parentElement } = component
  if (!pads.has(parentElement)) pads.set(parentElement, new Pad(parentElement))
  pads.get(parentElement).update(component)
  return () => {
    pads.get(parentElement)?.destroy()
    pads.delete(parentElement)
  }
}
