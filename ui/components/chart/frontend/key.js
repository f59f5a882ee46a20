// Which line is which, above a chart that is too low for Plotly's legend; `ui/layout.css` shows it on phones,
// where no card beside the chart has the same colours.

import { isLine, LEGEND_FROM } from "./figure.js"

const SVG = "http://www.w3.org/2000/svg"
const DASHES = { // of Plotly's names, short enough for a small sample; others are lengths
  solid: "none", dash: "5 3", dot: "2 2", dashdot: "6 2 2 2", longdash: "8 3", longdashdot: "8 2 2 2",
}

const sample = ({ color, dash = "solid" }) => {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", "0 0 18 4")
  const line = document.createElementNS(SVG, "path")
  line.setAttribute("d", "M0 2H18")
  line.setAttribute("stroke", color)
  line.setAttribute("stroke-width", "2.5")
  line.setAttribute("stroke-dasharray", DASHES[dash] ?? dash.replaceAll(/px,?/g, " "))
  svg.append(line)
  return svg
}

// "3 · StepLR": the name gives way to its number where there are many.
const item = ({ name, line }) => {
  const [number, ...rest] = name.split(" · ") // as `label` in lrcore/figures/curves.py writes it
  const node = document.createElement("span")
  const words = document.createElement("span")
  words.textContent = rest.length ? ` ${rest.join(" ")}` : ""
  node.append(sample(line), number, words)
  return node
}

export class Key {
  constructor() {
    this.node = document.createElement("div")
    this.node.className = "lrc-key"
    this.node.setAttribute("aria-hidden", "true") // the values in words have the names (access.js)
    this.said = ""
  }

  // After each drawing.
  drawn({ data, layout }, height) {
    const named = layout.showlegend !== false && height < LEGEND_FROM
    const lines = named ? data.filter(each => isLine(each) && each.name && each.showlegend !== false) : []
    const said = JSON.stringify(lines.map(({ name, line }) => [name, line]))
    if (said === this.said) return
    this.said = said
    this.node.replaceChildren(...lines.map(item))
  }
}
