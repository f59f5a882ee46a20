// Where a logarithmic axis has its numbers. Fixed ones would be none where it spans little, by its curves or
// by a zoom; Plotly's own choice crowds a low chart.

const LINE = 16 // pixels of height that a number needs

export class Ticks {
  constructor(plot) {
    this.plot = plot
    this.dtick = undefined // Plotly's word for it; undefined lets Plotly divide the axis evenly
  }

  // Into a layout that is about to be drawn: as it was last.
  into({ yaxis }) {
    if (yaxis.type === "log" && this.dtick !== undefined) yaxis.dtick = this.dtick
  }

  // After a drawing, when it is known how far the axis reaches.
  async fit(Plotly) {
    const axis = this.plot._fullLayout?.yaxis
    if (axis?.type !== "log") return
    const dtick = suiting(Math.abs(axis.range[1] - axis.range[0]), axis._length / LINE)
    if (dtick === this.dtick) return
    this.dtick = dtick
    await Plotly.relayout(this.plot, { "yaxis.dtick": dtick ?? null })
  }
}

// At 1, 2 and 5 of each decade, or where so many have no room at powers of ten. On less than a decade Plotly
// writes each digit, whatever the room; on less than half of one there are not many.
function suiting(decades, room) {
  if (decades < 0.5 || (decades < 1 && decades * 9 <= room)) return undefined
  return decades < 2 || decades * 3 <= room ? "D2" : Math.ceil(decades / room)
}
