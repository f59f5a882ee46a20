// How far a logarithmic y axis reaches beyond its curves. While the race runs that a slider has caused: no
// shorter than before, so that nothing jumps when the slider is let go. Without any curve: as before.
// An unseen trace reaches that far and the axis follows it: a range is a zoom to Plotly, which keeps it.

const LEFT = 0.6 // of the axis: what a finished race needs less than gets an axis of its own

export class HeldRange {
  constructor() {
    this.shown = null // the lowest and the highest value that the axis was drawn for
    this.held = null
  }

  // Another race does, and whether a slider has caused it.
  begin(released) {
    this.held = released ? this.shown : null
  }

  // What is to be drawn beside these traces; `over`: the race has ended.
  beside(traces, yaxis, over) {
    this.empty = false
    if (yaxis?.type !== "log") {
      this.shown = this.held = null
      return []
    }
    const drawn = extent(traces.filter(({ visible }) => visible !== "legendonly"))
    this.empty = drawn === null
    if (this.empty) return this.shown ? [unseen(this.shown)] : []
    const all = this.held ? union(drawn, this.held) : drawn
    if (over && decades(drawn) < LEFT * decades(all)) this.held = null
    this.shown = this.held ? all : drawn
    return this.held ? [unseen(this.held)] : []
  }

  // Into the layout that goes with them: Plotly's axis for no curve at all goes from 0.1 to 10000.
  into({ yaxis }) {
    if (this.empty && !this.shown) yaxis.showticklabels = false
  }
}

const decades = ([low, high]) => Math.log10(high / low)

const union = (one, other) => [Math.min(one[0], other[0]), Math.max(one[1], other[1])]

const unseen = y => ({
  type: "scatter", mode: "lines", name: "held", uid: "held", x: [null, null], y: [...y],
  showlegend: false, hoverinfo: "skip",
})

function extent(traces) {
  let [low, high] = [Infinity, 0]
  for (const { y = [] } of traces) {
    for (const value of y) {
      if (!(value > 0)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return high > 0 ? [low, high] : null
}
