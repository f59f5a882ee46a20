// What a chart shows while a slider is moved: Python's figure, with the parts that a drag has changed since,
// and over it what Python, or the drag, lays there.

import { follow, forgetLost, known, leave, partsOf } from "../../shared/frontend/drag.js"
import { normalised } from "./figure.js"
import { Overlay } from "./overlay.js"

const AT_ONCE = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } }

export class Moves {
  // `chart` has `figure`, `plot`, `readout`, `cursor` and `schedule({moved})`.
  constructor(chart) {
    this.chart = chart
    this.overlay = new Overlay()
    chart.readout.after(this.overlay.node)
    this.key = null
    this.words = null
    this.run = ""
    this.released = 0
    this.whole = false // more has changed than what a drag moves
    this.drawn = null // the figure that was drawn last, and what its axes span
    this.moved = () => chart.schedule({ moved: true })
    this.dropped = () => chart.schedule()
  }

  // Python's word with each figure, `{page, words, run, released}`; a chart that follows no drag has none.
  // Returns whether it is the first that knows of a release.
  update(key, drag, overlay) {
    this.overlay.lay(overlay)
    if (!drag) {
      this.leave()
      return false
    }
    this.key = key
    this.page = drag.page
    this.words = drag.words && JSON.stringify(drag.words)
    this.run = drag.run
    follow(key, this)
    // A session that begins anew knows of no release.
    known(drag.released < this.released ? Date.now() : drag.released)
    const first = drag.released > this.released
    this.released = drag.released
    forgetLost()
    return first
  }

  leave() {
    if (this.key) leave(this.key, this)
    this.key = null
  }

  // The figure to draw. Traces that did not move are the same objects as before.
  get figure() {
    const shown = partsOf(this.key).reduce(withPart, { ...this.chart.figure, ...this.overlay.laid })
    return { ...shown, data: [...shown.data, ...shown.over] }
  }

  // Draw what is to be seen and return it; `whole(figure)` draws all of it.
  async draw(Plotly, whole) {
    const { figure, drawn } = this
    const all = this.whole || !drawn || figure.data.length !== drawn.figure.data.length
    this.whole = false
    const axes = this.#axes(figure)
    this.drawn = null
    if (all || axes !== drawn.axes) await whole(figure)
    else await this.#drawLines(Plotly, figure, drawn.figure)
    this.drawn = { figure, axes }
    this.overlay.say(figure)
    return figure
  }

  // Only the lines that moved: a whole drawing lays out axes, ticks and legend again.
  async #drawLines(Plotly, figure, drawn) {
    const traces = [...figure.data.keys()].filter(i => figure.data[i] !== drawn.data[i])
    const data = traces.map(i => ({ x: figure.data[i].x, y: figure.data[i].y, name: figure.data[i].name }))
    if (traces.length) await Plotly.animate(this.chart.plot, { data, traces }, AT_ONCE)
  }

  // What decides how far the axes reach, to be compared. An axis without a range follows the curves.
  #axes({ data, layout }) {
    const { hidden } = this.chart.cursor
    const { xaxis, yaxis } = layout
    let [low, high] = yaxis?.rangemode === "tozero" ? [0, 0] : [Infinity, -Infinity]
    for (const { y = [], legendgroup } of yaxis?.range ? [] : data) {
      if (hidden.has(legendgroup)) continue
      for (const value of y) {
        if (value < low && value !== null) low = value
        if (value > high && value !== null) high = value
      }
    }
    return JSON.stringify([xaxis, yaxis, low, high])
  }
}

function withPart({ data, layout, over, badge, note }, part) {
  const { figure, traces = [], yaxis, reach } = part
  const said = part.over ? { over: part.over, badge: "", note: part.note } : { over, badge, note }
  if (figure) return { data: figure.data.map(normalised), layout: figure.layout, ...said }
  const moved = new Map(traces.map(trace => [trace.uid, trace]))
  return {
    data: data.map(trace => (moved.has(trace.uid) ? merged(trace, moved.get(trace.uid)) : trace)),
    layout: reaching(yaxis ? { ...layout, yaxis: { ...layout.yaxis, ...yaxis } } : layout, reach),
    ...said,
  }
}

// The x axis goes as far as what lies over the figure.
function reaching(layout, reach) {
  const [low, high] = layout.xaxis?.range ?? []
  return reach > high ? { ...layout, xaxis: { ...layout.xaxis, range: [low, reach] } } : layout
}

// The same part and trace give the same object, so that one that rests is seen to rest.
const made = new WeakMap()

function merged(trace, part) {
  const known = made.get(part)
  if (known?.of !== trace) made.set(part, { of: trace, is: { ...trace, ...part } })
  return made.get(part).is
}
