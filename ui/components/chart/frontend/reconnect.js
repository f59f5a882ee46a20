// A page that gets its connection to Streamlit back runs nothing. If the server has forgotten the session
// meanwhile (it was restarted, or the page was away for longer than a session is kept), it runs nothing that
// is pressed either: then the page is loaded again, from its address, which describes all that is on it.

const PATIENCE = [3000, 6000] // ms for an answer to the first and to the second question

let asking = null // { number, timer } of the question that has no answer yet
let number = Date.now()
const charts = new Set()

const ask = (attempt = 0) => {
  const [chart] = charts
  if (!chart) return
  number += 1
  chart.tellPython("back", number)
  const unanswered = () => (attempt + 1 < PATIENCE.length ? ask(attempt + 1) : window.location.reload())
  asking = { number, timer: setTimeout(unanswered, PATIENCE[attempt]) }
}

let watched = null // Streamlit's element, which says how it is connected

const watch = () => {
  const app = document.querySelector('[data-testid="stApp"]')
  if (!app || app === watched) return
  watched = app
  let lost = false
  new MutationObserver(() => {
    const connected = app.dataset.testConnectionState === "CONNECTED"
    if (!connected) clearTimeout(asking?.timer)
    else if (lost) ask()
    lost = !connected
  }).observe(app, { attributeFilter: ["data-test-connection-state"] })
}

export const enter = chart => {
  watch()
  charts.add(chart)
}

export const leave = chart => charts.delete(chart)

// Python's answer: the number that it was told.
export const answered = told => {
  if (asking && told === asking.number) clearTimeout(asking.timer)
}
