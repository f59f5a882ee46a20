// plotly.min.js, loaded once per page whatever the number of charts.

import { inApp } from "../../shared/frontend/address.js"

// sendChartToCloud would upload the picture to somebody else's server.
const HIDDEN_BUTTONS = ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"]
export const CONFIG = { displaylogo: false, responsive: false, modeBarButtonsToRemove: HIDDEN_BUTTONS }

const loading = new Map()

const load = url => new Promise((resolve, reject) => {
  const script = document.createElement("script")
  script.src = url
  script.onload = () => resolve(window.Plotly)
  script.onerror = () => {
    loading.delete(url)
    script.remove()
    reject(new Error(`The chart library could not be loaded from ${url}. Reload the page to try again.`))
  }
  document.head.append(script)
})

export function loadPlotly(path) {
  const url = inApp(path).href
  if (!loading.has(url)) loading.set(url, load(url))
  return loading.get(url)
}
