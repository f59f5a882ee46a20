// Two buttons under a chart: the picture as a file, made in the browser on the page's own background.

import { themeOf } from "./figure.js"

const FORMATS = ["png", "svg"]

export class SaveRow {
  constructor(chart) {
    this.chart = chart
    this.name = null
    this.node = document.createElement("div")
    this.node.className = "lrc-save"
    this.node.hidden = true
    for (const format of FORMATS) {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = format.toUpperCase()
      button.title = `Save the picture as ${format.toUpperCase()}`
      button.setAttribute("aria-label", button.title)
      button.addEventListener("click", () => this.#save(format))
      this.node.append(button)
    }
    chart.root.append(this.node)
  }

  // `name` is the file's name without its ending; without one the row is away.
  offer(name) {
    this.name = name
    this.node.hidden = !name
  }

  #save(format) {
    const { plot, root } = this.chart
    if (!this.chart.drawn) return
    const { background } = themeOf(root)
    const layout = { ...plot.layout, paper_bgcolor: background, plot_bgcolor: background }
    const { width, height } = layout
    const scale = format === "png" ? 2 : 1
    const options = { format, filename: this.name, width, height, scale }
    window.Plotly.downloadImage({ data: plot.data, layout }, options)
  }
}
