// Several sliders in one element. Streamlit calls `render` again on every change of the data or of the theme.

import { Drag } from "../../shared/frontend/drag.js"
import { loadStyles } from "../../shared/frontend/styles.js"
import { SliderRow } from "./row.js"
import { PATIENCE, Sender } from "./sender.js"

await loadStyles(new URL("./style.css", import.meta.url))

class Sliders {
  constructor(parent) {
    this.root = document.createElement("div")
    this.root.className = "lrs"
    this.root.dataset.testid = "live-sliders"
    // A page that outlives a deployment meets the new module with the old one's element still in place.
    for (const old of parent.querySelectorAll(":scope > .lrs")) old.remove()
    parent.append(this.root)
    this.note = document.createElement("div")
    this.note.className = "lrs-note"
    this.root.append(this.note)
    this.rows = new Map()
    this.sender = new Sender(
      () => Object.fromEntries([...this.rows].map(([name, row]) => [name, row.value])),
      // Streamlit says so nowhere else; where the attribute is missing, nothing is held back.
      () => this.root.closest("[data-test-script-state]")?.dataset.testScriptState === "running",
    )
    this.recheck = null
    this.drag = null
    for (const near of ["pointerenter", "focusin"]) this.root.addEventListener(near, () => this.drag?.warm())
  }

  update({ data: [data], setStateValue }) {
    if (!this.data && data.reveal) setTimeout(() => this.root.scrollIntoView({ block: "nearest" }), 50)
    this.data = data
    if (data.drag?.page !== this.drag?.page || data.drag?.of !== this.drag?.of) {
      this.drag?.cancel()
      this.drag = data.drag ? new Drag(data.drag.page, data.drag.of) : null
    }
    this.sender.send = event => setStateValue("event", event)
    this.root.style.setProperty("--lrs-accent", data.accent || "var(--st-primary-color)")
    this.note.textContent = data.note
    this.#matchRows()
    this.sender.acknowledge(data.ack)
    this.#apply()
  }

  #matchRows() {
    const names = new Set(this.data.specs.map(spec => spec.name))
    for (const [name, row] of this.rows) {
      if (names.has(name)) continue
      row.destroy()
      this.rows.delete(name)
    }
    this.data.specs.forEach((spec, index) => {
      const row = this.rows.get(spec.name) ?? this.#newRow(spec.name)
      // Moving a node takes the focus from the input inside, so only what stands in the wrong place is moved.
      const there = this.root.children[index] ?? null
      if (there !== row.node) this.root.insertBefore(row.node, there)
      if (!row.spec) row.apply(spec, true)
    })
  }

  #newRow(name) {
    const row = new SliderRow({
      onMove: () => this.#step() || this.#tell(row, "move"),
      onFinish: () => this.#tell(row, "finish", this.drag?.release()),
    })
    this.rows.set(name, row)
    return row
  }

  #tell(row, kind, ...args) {
    this.sender[kind](...args)
    row.seq = this.sender.seq + (this.sender.waiting ? 1 : 0)
  }

  // A step past the script; false if there is no such way now.
  #step() {
    const values = {}
    for (const { value, spec } of this.rows.values()) {
      if (typeof value === "number" && value !== spec.value) values[spec.name] = value
    }
    const answered = (refused, note) => {
      if (this.data.note && note) this.note.textContent = note
      for (const row of this.rows.values()) row.heard(refused[row.spec.name] ?? "")
    }
    const failed = () => {
      for (const row of this.rows.values()) if (row.busy) this.#tell(row, "move")
    }
    return this.drag?.step(values, answered, failed) ?? false
  }

  #apply() {
    let open = false
    for (const spec of this.data.specs) {
      const row = this.rows.get(spec.name)
      const settled = this.sender.answered(row.seq)
      row.apply(spec, settled)
      open ||= !settled
    }
    // Should Python's answer get lost (a script that failed), its last word is shown after a while.
    clearTimeout(this.recheck)
    this.recheck = open ? setTimeout(() => this.#apply(), PATIENCE + 100) : null
  }

  destroy() {
    clearTimeout(this.recheck)
    this.sender.stop()
    this.drag?.cancel()
    for (const row of this.rows.values()) row.destroy()
    this.rows.clear()
    this.root.remove()
  }
}

const instances = new WeakMap()

export default function render(component) {
  const { parentElement } = component
  if (!instances.has(parentElement)) instances.set(parentElement, new Sliders(parentElement))
  instances.get(parentElement).update(component)
  return () => {
    instances.get(parentElement)?.destroy()
    instances.delete(parentElement)
  }
}
