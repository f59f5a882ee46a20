// The steps of a drag on their way to Python's curves and back, without a run of the page's script.
//
// One socket for all sliders of the page. A chart that can follow says so with `follow`; a slider sends its
// steps with `step` and ends with `release`. Sent is only the newest step, and only when the one before has
// been answered. Where there is no such socket (a proxy that refuses it, a server that starts anew), `step`
// says false, and the slider goes the way of every other widget: through the script.

import { socketAddress } from "./address.js"

const PATIENCE = 3000 // ms until an unanswered step, or a socket that does not open, counts as lost
const IDLE = 60_000 // ms after the last step until the socket is closed
const FIRST_PAUSE = 2000 // ms until a socket that failed is tried again; doubled with every failure in a row
const LONGEST_PAUSE = 60_000

const charts = new Map() // by key: {page, words, run, moved(), dropped()} of the charts that follow
const drags = [] // {page, at, parts}: what they showed last, until Python's own figure has come

// A chart follows from now on; again with every change of what it says.
export function follow(key, chart) {
  charts.set(key, chart)
}

export function leave(key, chart) {
  if (charts.get(key) === chart) charts.delete(key)
}

// What the chart `key` is to show instead of Python's figure: parts, the oldest first.
export const partsOf = key => drags.flatMap(({ parts }) => (parts[key] ? [parts[key]] : []))

// Python's figures have come that know of every release up to the moment `at`.
export function known(at) {
  forget(drag => drag.at <= at)
}

// Whatever was let go longer ago than Python ever takes is forgotten: its release was lost.
export function forgetLost() {
  forget(drag => drag.at + 4 * PATIENCE < Date.now())
}

function forget(outdated) {
  const kept = drags.filter(drag => !outdated(drag))
  drags.splice(0, drags.length, ...kept)
}

const describing = page => [...charts.values()].find(chart => chart.page === page && chart.words)

class Channel {
  constructor() {
    this.socket = null
    this.pause = FIRST_PAUSE
    this.downUntil = 0
    this.waiting = null // the newest step that has not been sent
    this.inFlight = null
    this.said = "" // the page that the server knows
    this.n = 0
  }

  get open() {
    return this.socket?.readyState === WebSocket.OPEN
  }

  // Open the socket before it is needed: a thumb that is about to be taken.
  warm() {
    this.#rest()
    if (this.socket || Date.now() < this.downUntil) return this.socket !== null
    const socket = new WebSocket(socketAddress("/drag"))
    this.socket = socket
    this.said = ""
    socket.onopen = () => this.#send()
    socket.onmessage = ({ data }) => this.#answered(JSON.parse(data))
    socket.onclose = () => socket === this.socket && this.#lost()
    this.timer = setTimeout(() => this.open || this.#lost(), PATIENCE)
    return true
  }

  step(step) {
    const chart = describing(step.drag.page)
    if (!chart || !this.warm()) return false
    this.waiting = step
    this.#send()
    return true
  }

  #send() {
    if (!this.open || this.inFlight || !this.waiting) return
    const { drag, of, values } = this.waiting
    const chart = describing(drag.page)
    if (!chart) return
    const message = { n: (this.n += 1), of, values }
    const { page, run } = chart
    const said = `${page} ${run} ${chart.words}`
    if (said !== this.said) Object.assign(message, { page, run, words: JSON.parse(chart.words) })
    this.said = said
    this.inFlight = this.waiting
    this.waiting = null
    this.socket.send(JSON.stringify(message))
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.#lost(), PATIENCE)
  }

  #answered({ n, charts: parts, refused, note, error }) {
    const step = this.inFlight
    if (!step || n !== this.n) return
    clearTimeout(this.timer)
    this.inFlight = null
    this.pause = FIRST_PAUSE
    if (error) this.said = "" // whatever it was, the next step describes the page again
    if (parts && drags.includes(step.drag)) {
      Object.assign(step.drag.parts, parts)
      for (const key of Object.keys(parts)) charts.get(key)?.moved()
    }
    step.answered(refused ?? {}, note)
    this.#send()
  }

  #rest() {
    clearTimeout(this.idle)
    this.idle = setTimeout(() => this.#close(), IDLE)
  }

  #close() {
    clearTimeout(this.timer)
    const { socket } = this
    this.socket = null
    this.inFlight = null
    if (socket) socket.onclose = socket.onmessage = null
    socket?.close()
  }

  // The slider that is held goes on through the script, whose figures must not be hidden by older parts.
  #lost() {
    const step = this.waiting ?? this.inFlight
    this.#close()
    this.waiting = null
    this.downUntil = Date.now() + this.pause
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE)
    if (!step) return
    forget(drag => drag === step.drag)
    for (const chart of charts.values()) chart.dropped()
    step.failed()
  }
}

const channel = new Channel()

// What one slider component asks of the channel: `page` and `of` say whose values its rows move. Without `of`
// there is nothing on the page that could follow them before the release.
export class Drag {
  constructor(page, of) {
    this.page = page
    this.of = of
    this.drag = null // the one under way
  }

  warm() {
    const chart = this.of && describing(this.page)
    if (chart) channel.warm()
  }

  // True when the step is on its way; `answered(refused, note)` follows, or `failed()` when it was lost.
  step(values, answered, failed) {
    if (!this.of) return true
    if (!drags.includes(this.drag)) this.drag = null
    const drag = this.drag ?? { page: this.page, at: Infinity, parts: {} }
    if (!this.drag) drags.push(drag)
    this.drag = drag
    if (channel.step({ drag, of: this.of, values, answered, failed })) return true
    forget(other => other === drag)
    this.drag = null
    return false
  }

  // The thumb was let go. Python says the moment back with the first figures that know of it.
  release() {
    const at = Date.now()
    if (this.drag) this.drag.at = at
    this.drag = null
    return at
  }

  // The slider is gone with its thumb held: Python will never hear of a release, so its figure counts again.
  cancel() {
    const { drag } = this
    this.drag = null
    if (!drags.includes(drag)) return
    forget(other => other === drag)
    for (const chart of charts.values()) chart.dropped()
  }
}
