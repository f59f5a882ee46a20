// One vertical cursor, one x zoom and one set of hidden curves for all charts of a group.

import { isLine } from "./figure.js"
import { formatNumber, valueAt } from "./readout.js"

const groups = new Map()

const xAt = ({ range: [from, to], log, whole }, share) => {
  const at = from + share * (to - from)
  const x = log ? 10 ** at : at
  return whole ? Math.round(x) : x
}

class Group {
  constructor() {
    this.members = new Set()
    this.x = null // where the cursor stands, in data coordinates
    this.zoom = null // [from, to] when one of the charts has been zoomed along x
    this.extent = "" // what the x axes span unzoomed
    this.hidden = new Set() // legend groups that have been hidden in one of the charts
  }

  point(x) {
    this.x = x
    for (const cursor of this.members) cursor.show(x)
  }

  // The zoom is kept here and put into every later layout: a zoom that Plotly did not get from the mouse is
  // forgotten by the next Plotly.react, whatever uirevision says.
  setZoom(zoom, source) {
    this.zoom = zoom
    for (const cursor of this.members) if (cursor !== source) cursor.chart.groupChanged()
  }

  // A run of another length, or another kind of axis: the old zoom would show nothing, or something else.
  setExtent(extent) {
    if (this.extent && extent !== this.extent) this.zoom = null
    this.extent = extent
  }

  setHidden(hidden, source) {
    this.hidden = hidden
    for (const cursor of this.members) if (cursor !== source) cursor.chart.groupChanged()
  }
}

export class Cursor {
  // `chart` has `plot` (Plotly's div), `frame` (the positioned element around it), `readout`, and
  // `groupChanged()`.
  constructor(chart) {
    this.chart = chart
    this.group = null
    this.name = null
    this.line = document.createElement("div")
    this.line.className = "lrc-cursor"
    this.line.hidden = true
    chart.frame.append(this.line)
    chart.frame.addEventListener("pointermove", event => this.#pointerMoved(event))
    chart.frame.addEventListener("pointerleave", () => this.point(null))
  }

  join(name) {
    if (name === this.name) return
    this.leave()
    this.name = name
    if (!name) return
    if (!groups.has(name)) groups.set(name, new Group())
    this.group = groups.get(name)
    this.group.members.add(this)
  }

  leave() {
    if (!this.group) return
    this.group.members.delete(this)
    if (this.group.members.size === 0) groups.delete(this.name)
    this.group = null
    this.show(null)
  }

  get zoom() {
    return this.group?.zoom ?? null
  }

  get hidden() {
    return this.group?.hidden ?? new Set()
  }

  // Plotly tells that a legend entry was clicked: what is hidden here is hidden in the whole group.
  restyled() {
    const off = this.chart.plot.data.filter(trace => trace.visible === "legendonly")
    const groups = off.map(trace => trace.legendgroup)
    this.group?.setHidden(new Set(groups.filter(Boolean)), this)
  }

  // Plotly tells that its axes changed, by the mouse or by our own call.
  relayouted(change) {
    if (!this.group) return
    const range = change["xaxis.range"] ?? [change["xaxis.range[0]"], change["xaxis.range[1]"]]
    if (range[0] !== undefined && range[1] !== undefined) this.group.setZoom([...range], this)
    else if (change["xaxis.autorange"]) this.group.setZoom(null, this)
  }

  // After each drawing the same x lies elsewhere and has other values.
  redraw() {
    if (this.group) this.show(this.group.x)
  }

  // Where the plot lies and what its x axis spans. Only this and `#lines` look into Plotly's own objects.
  #axis() {
    const area = this.chart.plot.querySelector(".nsewdrag")?.getBoundingClientRect()
    const axis = this.chart.plot._fullLayout?.xaxis
    if (!area || !axis?.range) return null
    const whole = axis.hoverformat?.endsWith("d") // x counts updates: there is nothing between two of them
    return { area, range: axis.range.map(Number), log: axis.type === "log", whole }
  }

  #pointerMoved(event) {
    const axis = this.group && this.#axis()
    if (!axis) return
    const { area } = axis
    const share = (event.clientX - area.left) / area.width
    const outside = share < 0 || share > 1 || event.clientY < area.top || event.clientY > area.bottom
    this.point(outside ? null : xAt(axis, share))
  }

  // Put the cursor of the whole group there; null takes it away.
  point(x) {
    this.group?.point(x)
  }

  // The x at a share of the way along the axis; null before the first drawing.
  at(share) {
    const axis = this.#axis()
    return axis && xAt(axis, share)
  }

  show(x) {
    const axis = x === null ? null : this.#axis()
    const at = axis && (axis.log ? Math.log10(x) : x)
    const share = axis && (at - axis.range[0]) / (axis.range[1] - axis.range[0])
    const inside = axis !== null && share >= 0 && share <= 1
    this.line.hidden = !inside
    if (inside) {
      const frame = this.chart.frame.getBoundingClientRect()
      const { area } = axis
      const left = area.left - frame.left + share * area.width
      this.line.style.transform = `translate(${left}px, ${area.top - frame.top}px)`
      this.line.style.height = `${area.height}px`
    }
    this.#write(inside ? x : null)
  }

  // The lines that are to be seen, with the colours that Plotly gave them. Bands and helpers set hoverinfo
  // to "skip".
  #lines() {
    return (this.chart.plot._fullData ?? [])
      .filter(trace => trace.visible === true && trace.hoverinfo !== "skip")
      .filter(trace => trace.name && isLine(trace._input))
      .map(({ _input: { x, y }, name, mode, meta, line, marker }) => {
        const color = line?.color ?? marker?.color ?? "currentColor"
        return { x, y, name, mode, meta, line, color }
      })
  }

  #write(x) {
    const { readout } = this.chart
    if (x === null) {
      readout.replaceChildren()
      return
    }
    const { xaxis, yaxis } = this.chart.plot._fullLayout
    const logs = { logX: xaxis.type === "log", logY: yaxis.type === "log" }
    const items = this.#lines().flatMap(trace => {
      const value = valueAt(trace, x, logs)
      return typeof value === "number" ? [item(trace, value)] : []
    })
    const where = document.createElement("span")
    where.className = "lrc-where"
    where.textContent = `${this.chart.xName} ${formatNumber(x)}`
    const perEpoch = this.chart.data.epoch
    if (perEpoch > 1) where.textContent += `, epoch ${formatNumber(x / perEpoch)}`
    readout.replaceChildren(where, ...items)
    // Growing only: a read-out that gained a second line keeps it, or the page would jump under the mouse.
    readout.style.minHeight = `${Math.max(readout.offsetHeight, parseFloat(readout.style.minHeight) || 0)}px`
  }
}

const item = (trace, value) => {
  const node = document.createElement("span")
  node.className = "lrc-item"
  node.title = trace.name
  node.style.setProperty("--lrc-color", trace.color)
  const name = document.createElement("span")
  name.className = "lrc-name"
  name.textContent = trace.meta?.label ?? trace.name
  const number = document.createElement("b")
  number.textContent = formatNumber(value)
  node.append(name, number)
  return node
}
