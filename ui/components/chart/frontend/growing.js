// A run that was over before the page was there is seen growing all the same, if it is the first one: a
// finished picture does not say that something was trained. Whoever wants less motion has all at once.

import { LiveConnection } from "./live.js"

const WHOLE = 1500 // ms
const FRAME = 50 // ms; a timer, for it goes on in a tab that is not open

let shown = false // once in the life of a page

// As if the run were no further.
const until = (share, last, { data, ...message }) => ({
  ...message,
  status: { state: "running", text: "", fraction: share },
  data: data.map(trace => {
    if (!trace.x) return trace
    const count = trace.x.findLastIndex(each => each <= share * last) + 1
    return { ...trace, x: trace.x.slice(0, count), y: trace.y.slice(0, count) }
  }),
})

export class GrowingConnection {
  // Like LiveConnection; `drawn()` says whether there is a picture to see them in.
  constructor(path, handlers, drawn) {
    this.handlers = handlers
    this.drawn = drawn
    this.waiting = null // what has come while the curves grow
    this.timer = null
    const names = ["onMessage", "onTrouble", "onEnd"]
    this.connection = new LiveConnection(
      path, Object.fromEntries(names.map(name => [name, word => this.#hear(name, word)])),
    )
  }

  #hear(name, word) {
    if (this.waiting) this.waiting.push([name, word])
    else if (name === "onMessage" && word.kind === "snapshot" && !shown) this.#grow(word)
    else this.handlers[name](word)
  }

  #grow(whole) {
    shown = true
    const over = whole.status?.state === "done"
    const last = Math.max(0, ...(whole.data ?? []).map(trace => trace.x?.at(-1) ?? 0))
    const still = document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches
    if (!over || still || last === 0) {
      this.handlers.onMessage(whole)
      return
    }
    this.waiting = []
    this.handlers.onMessage(until(0, last, whole)) // the axes, which wait
    let began = null
    const step = () => {
      if (this.drawn()) began ??= performance.now()
      const share = began === null ? 0 : Math.min(1, (performance.now() - began) / WHOLE)
      if (share === 1) {
        this.handlers.onMessage(whole)
        const waiting = this.waiting
        this.waiting = null
        for (const [name, word] of waiting) this.handlers[name](word)
        return
      }
      if (share > 0) this.handlers.onMessage(until(share, last, whole))
      this.timer = setTimeout(step, FRAME)
    }
    this.timer = setTimeout(step, FRAME)
  }

  close() {
    clearTimeout(this.timer)
    this.connection.close()
  }
}
