// plotly.min.js, loaded once per page whatever the number of charts.

import { inApp } from "../../shared/frontend/address.js"

// sendChartToCloud would upload the picture to somebody else's server.
const HIDDEN_BUTTONS = ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"]
export const CONFIG = { displaylogo: false, responsive: false, modeBarButtonsToRemove: HIDDEN_BUTTONS }

const loading = new Map()

// The page's head asks for it already (ui/server/page_files.py); when the page is complete, that one has come
// or failed. It may have failed before anybody listened, which its tag does not tell.
const headAsked = url => new Promise(resolve => {
  const script = [...document.scripts].find(({ src }) => src === url)
  if (window.Plotly || !script || document.readyState === "complete") return resolve()
  for (const event of ["load", "error"]) script.addEventListener(event, resolve)
  window.addEventListener("load", resolve)
})

const added = url => new Promise((resolve, reject) => {
  const script = document.createElement("script")
  script.src = url
  script.addEventListener("load", () => resolve(window.Plotly))
  script.addEventListener("error", () => {
    loading.delete(url)
    script.remove()
    reject(new Error(`The chart library could not be loaded from ${url}. Reload the page to try again.`))
  })
  document.head.append(script)
})

const load = async url => {
  await headAsked(url)
  return window.Plotly ?? added(url)
}

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
