// How far a logarithmic y axis reaches while the race runs that a slider has caused: no shorter than before,
// so that nothing jumps when the slider is let go. Lines that leave it take it along.

const ROOM = 0.05 // of what the lines span, above and below them, as Plotly leaves it
const LEFT = 0.6 // of the axis: what a finished race needs less than gets an axis of its own

export class HeldRange {
  constructor(plot) {
    this.plot = plot
    this.range = null
  }

  // Another race does, and whether a slider has caused it.
  begin(released) {
    const axis = this.plot._fullLayout?.yaxis
    this.range = released && axis?.type === "log" && this.#free(axis) ? [...axis.range] : null
  }

  // Into a layout that is about to be drawn with these lines, but those that are hidden.
  into({ yaxis }, data, hidden, over) {
    if (!this.range) return
    if (yaxis.type !== "log" || !this.#free(this.plot._fullLayout.yaxis)) {
      this.range = null
      return
    }
    const [low, high] = extent(data.filter(({ legendgroup }) => !hidden.has(legendgroup)))
    const room = ROOM * (high - low)
    const [from, to] = this.range
    if (over && high - low + 2 * room < LEFT * (to - from)) {
      this.range = null
      return
    }
    this.range = [low < from ? low - room : from, high > to ? high + room : to]
    yaxis.range = [...this.range]
  }

  // Not what somebody has zoomed to, which Plotly keeps.
  #free({ autorange, range }) {
    return autorange || Boolean(this.range?.every((end, i) => Math.abs(end - range[i]) < 1e-9))
  }
}

function extent(data) {
  let [low, high] = [Infinity, -Infinity]
  for (const { y = [] } of data) {
    for (const value of y) {
      if (!(value > 0)) continue
      low = Math.min(low, Math.log10(value))
      high = Math.max(high, Math.log10(value))
    }
  }
  return [low, high]
}
