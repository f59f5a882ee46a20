// The component as Streamlit sees it. `render` is called again on every change of the data or of the theme.

import { loadStyles } from "../../shared/frontend/styles.js"
import { Chart } from "./chart.js"
import { answered, enter, leave } from "./reconnect.js"
import { reveal } from "./reveal.js"

await loadStyles(new URL("./style.css", import.meta.url))

const charts = new WeakMap()

export default function render(component) {
  const { parentElement } = component
  if (!charts.has(parentElement)) {
    // A page that outlives a deployment meets the new module with the old one's element still in place.
    for (const old of parentElement.querySelectorAll(":scope > .lrc")) old.remove()
    charts.set(parentElement, new Chart(parentElement))
  }
  const chart = charts.get(parentElement)
  chart.update(component)
  reveal(chart, component.data[0].reveal)
  enter(chart)
  answered(component.data[0].back)
  return () => {
    leave(chart)
    charts.get(parentElement)?.destroy()
    charts.delete(parentElement)
  }
}
