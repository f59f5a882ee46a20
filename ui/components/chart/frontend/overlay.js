// What lies over a chart's figure, whoever drew that, and under the chart a line about it, with a badge.

const NOTHING = { over: [], badge: "", note: "" }

export class Overlay {
  constructor() {
    this.laid = NOTHING
    this.laidText = null // to see whether it changed
    this.node = document.createElement("div")
    this.node.className = "lrc-note"
    this.badge = document.createElement("b")
    this.badge.className = "lrc-badge"
    this.note = document.createElement("span")
    this.node.append(this.badge, this.note)
  }

  // Python's, as text; without one the line is away.
  lay(text) {
    this.node.hidden = !text
    if (text !== this.laidText) this.laid = text ? JSON.parse(text) : NOTHING
    this.laidText = text
  }

  // Of the figure that is drawn. What has not changed is not read out again.
  say({ badge, note }) {
    if (this.badge.textContent !== badge) this.badge.textContent = badge
    if (this.note.textContent !== note) this.note.textContent = note
  }
}
