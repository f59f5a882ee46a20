// plotly.min.js, loaded once per page whatever the number of charts.

import { inApp } from "../../shared/frontend/address.js"

// sendChartToCloud would upload the picture to somebody else's server.
const HIDDEN_BUTTONS = ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"]
export const CONFIG = { displaylogo: false, responsive: false, modeBarButtonsToRemove: HIDDEN_BUTTONS }

const loading = new Map()

// The page's head asks for it already (ui/server/page_files.py); when the page is complete, that one has
// come or failed.
const inHead = url => document.readyState !== "complete" && [...document.scripts].find(({ src }) => src === url)

const added = url => {
  const script = document.createElement("script")
  script.src = url
  document.head.append(script)
  return script
}

const load = url => new Promise((resolve, reject) => {
  if (window.Plotly) return resolve(window.Plotly)
  const script = inHead(url) || added(url)
  script.addEventListener("load", () => resolve(window.Plotly))
  script.addEventListener("error", () => {
    loading.delete(url)
    script.remove()
    reject(new Error(`The chart library could not be loaded from ${url}. Reload the page to try again.`))
  })
})

export function loadPlotly(path) {
  const url = inApp(path).href
  if (!loading.has(url)) loading.set(url, load(url))
  return loading.get(url)
}
