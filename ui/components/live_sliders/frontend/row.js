// One slider with its number box: the DOM, what the user does to it, and what Python says it should show.

import { decimal, format, parse, scaleOf } from "./scale.js"

const KEY_PAUSE = 250 // ms without a further key after which a held arrow key counts as let go

let rows = 0

const element = (tag, className, attributes = {}) => {
  const node = document.createElement(tag)
  node.className = className
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  return node
}

const setAttribute = (node, name, value) => {
  if (value === "" || value === null || value === undefined) node.removeAttribute(name)
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value)
}

export class SliderRow {
  // onMove(row): the value moved and may go on moving. onFinish(row): it has come to rest.
  constructor({ onMove, onFinish }) {
    this.onMove = onMove
    this.onFinish = onFinish
    this.value = null // what the field stands for: a number, or the text of a box that holds none
    this.seq = 0 // the last event that this row caused
    this.pointer = false // the thumb is held
    this.moved = false // an input event has come that no final event has followed yet
    this.typing = false // the number box holds text that is not committed
    this.rejected = false // the box shows the user's own text although Python has answered with an error
    this.keyTimer = null
    this.#build()
  }

  #build() {
    const id = `lrs-${(rows += 1)}`
    this.node = element("div", "lrs-row")
    this.label = element("label", "lrs-label", { for: `${id}-range` })
    this.range = element("input", "lrs-range", { type: "range", id: `${id}-range`, min: 0, step: 1 })
    // Not type=number: browsers hand out "" for text that is no number, and Python could not say what was
    // wrong with it.
    this.box = element("input", "lrs-box", {
      type: "text", inputmode: "decimal", role: "spinbutton", autocomplete: "off", spellcheck: "false",
    })
    this.name = element("span", "lrs-name")
    this.unit = element("span", "lrs-unit")
    this.label.append(this.name, this.unit)
    this.help = element("span", "lrs-help", { id: `${id}-help` })
    this.error = element("p", "lrs-error", { id: `${id}-error`, role: "alert" })
    this.node.append(this.label, this.range, this.box, this.help, this.error)

    this.range.addEventListener("pointerdown", () => this.#grab())
    this.range.addEventListener("input", () => this.#slide())
    this.range.addEventListener("change", () => this.pointer && this.#release())
    this.range.addEventListener("blur", () => this.#release())
    this.box.addEventListener("input", () => { this.typing = true })
    this.box.addEventListener("change", () => this.#commit())
    this.box.addEventListener("blur", () => { this.moved ? this.#release() : this.#settleBox() })
    this.box.addEventListener("keydown", event => this.#boxKey(event))
  }

  // --- what the user does ---

  #grab() {
    this.pointer = true
    // A thumb that returns to where it was taken up fires no `change`; the release of the pointer always
    // comes. The zero delay lets the last `input` event pass first.
    const release = () => {
      removeEventListener("pointerup", release, true)
      removeEventListener("pointercancel", release, true)
      setTimeout(() => this.#release(), 0)
    }
    addEventListener("pointerup", release, true)
    addEventListener("pointercancel", release, true)
  }

  #slide() {
    const position = Number(this.range.value)
    let value = this.scale.value(position)
    if (!this.pointer && this.spec.integer && value === this.value) {
      // On a log scale of whole numbers one key press can be less than one: rounding must not lose it.
      value += Math.sign(position - this.scale.position(value))
    }
    this.#set(value, { keepThumb: this.pointer })
  }

  #set(value, { keepThumb = false } = {}) {
    this.typing = false
    this.rejected = false
    this.moved = true
    this.#show(value, keepThumb)
    this.onMove(this)
    if (!this.pointer) {
      clearTimeout(this.keyTimer)
      this.keyTimer = setTimeout(() => this.#release(), KEY_PAUSE)
    }
  }

  // The end of a drag or of a held key, whichever event tells it first; only one of them reports.
  #release() {
    this.pointer = false
    clearTimeout(this.keyTimer)
    if (!this.moved) return
    this.moved = false
    this.onFinish(this)
  }

  #commit() {
    clearTimeout(this.keyTimer)
    this.typing = false
    this.moved = false
    this.rejected = true
    this.value = parse(this.box.value)
    this.#showThumb()
    this.onFinish(this)
  }

  #settleBox() {
    if (!this.typing) return
    this.typing = false
    this.box.value = format(this.value)
  }

  #boxKey(event) {
    if (event.key === "Escape") this.#settleBox()
    const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (!direction) return
    event.preventDefault()
    const from = parse(this.box.value)
    if (typeof from !== "number") return
    const value = this.spec.integer ? Math.round(from) + direction
      : this.scale.value(Math.round(this.scale.position(from)) + direction)
    this.#set(value)
  }

  // --- what Python says ---

  get busy() {
    return this.pointer || this.moved
  }

  // `settled`: Python has answered everything this row has sent, so its value is news and not an echo.
  apply(spec, settled) {
    this.spec = spec
    this.scale = scaleOf(spec)
    this.name.textContent = spec.title || spec.name
    setAttribute(this.label, "title", spec.help)
    this.unit.textContent = spec.unit
    this.help.textContent = spec.help
    this.range.max = String(this.scale.last)
    for (const input of [this.range, this.box]) {
      input.disabled = spec.disabled
      setAttribute(input, "aria-label", spec.label)
      setAttribute(input, "title", spec.help)
    }
    setAttribute(this.box, "aria-valuemin", decimal(spec.minimum))
    setAttribute(this.box, "aria-valuemax", decimal(spec.maximum))
    if (this.busy || !settled) return
    this.#showError(spec)
    if (spec.error && spec.refused && this.value === null) this.#showRefused(spec.refused)
    if (!(spec.error && this.rejected)) {
      this.rejected = false
      this.#show(spec.value)
    }
  }

  // What was answered to a step: a sentence if this value is not allowed. The run that follows has the last
  // word.
  heard(error) {
    if (this.busy) this.#showError({ ...this.spec, error })
  }

  #showError({ error, help }) {
    if (this.error.textContent !== error) this.error.textContent = error
    this.node.classList.toggle("lrs-invalid", error !== "")
    const described = [help && this.help.id, error && this.error.id].filter(Boolean).join(" ")
    for (const input of [this.range, this.box]) {
      setAttribute(input, "aria-invalid", error ? "true" : "")
      setAttribute(input, "aria-describedby", described)
    }
  }

  // The text that Python has refused, in a row that has not been there when it was typed.
  #showRefused(text) {
    this.rejected = true
    this.value = parse(text)
    this.box.value = text
    this.#showThumb()
  }

  #show(value, keepThumb = false) {
    this.value = value
    if (!this.typing && this.box.value !== format(value)) this.box.value = format(value)
    this.#showThumb(keepThumb)
  }

  #showThumb(keepThumb = false) {
    const number = typeof this.value === "number"
    if (number && !keepThumb) this.range.value = String(this.scale.position(this.value))
    setAttribute(this.box, "aria-valuenow", number ? decimal(this.value) : "")
    setAttribute(this.range, "aria-valuetext", [format(this.value), this.spec.unit].filter(Boolean).join(" "))
    this.range.style.setProperty("--lrs-filled", String(Number(this.range.value) / this.scale.last))
  }

  destroy() {
    clearTimeout(this.keyTimer)
    this.node.remove()
  }
}
