// plotly.min.js, loaded once per page whatever the number of charts.

import { inApp } from "../../shared/frontend/address.js"

// sendChartToCloud would upload the picture to somebody else's server.
const HIDDEN_BUTTONS = ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"]
export const CONFIG = { displaylogo: false, responsive: false, modeBarButtonsToRemove: HIDDEN_BUTTONS }

const loading = new Map()

// The page's head asks for it already (ui/server/page_files.py); when the page is complete, that one has
// come or failed.
const inHead = url =>
  document.readyState !== "complete" && [...document.scripts].find(({ src }) => src === url)

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

// A first drawing takes long: one a frame, so that a chart is seen while the next one is drawn.
let turn = Promise.resolve()

const ownTurn = () => {
  const mine = turn
  turn = mine.then(() => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve))))
  return mine
}

// `first`: for a first drawing, of which there are several.
export async function loadPlotly(path, first = false) {
  const url = inApp(path).href
  if (!loading.has(url)) loading.set(url, load(url))
  const Plotly = await loading.get(url)
  if (first) await ownTurn()
  return Plotly
}
