// The connection to a running job: opens, re-opens when it breaks or falls silent, and ends once.

import { socketAddress } from "../../shared/frontend/address.js"

const FIRST_PAUSE = 300 // ms; doubled with every failure in a row
const LONGEST_PAUSE = 8000
// A network that swallows all breaks no connection. The server says something every 3 s
// (`ui/server/routes.py`).
const SILENCE = 8000 // ms after which it is told
const GIVEN_UP = 24_000 // ms after which another connection is tried
const LOOK = 1000 // ms between two looks

export class LiveConnection {
  // onMessage(message), onTrouble(text): will be tried again, onEnd({state, caused, status}): once, nothing
  // follows.
  constructor(path, { onMessage, onTrouble, onEnd }) {
    this.url = socketAddress(path)
    this.handlers = { onMessage, onTrouble, onEnd }
    this.pause = FIRST_PAUSE
    this.ended = false
    this.status = {}
    this.heard = this.looked = performance.now()
    this.#open()
    this.looks = setInterval(() => this.#look(), LOOK)
  }

  #open() {
    this.opened = performance.now()
    this.socket = new WebSocket(this.url)
    this.socket.onmessage = ({ data }) => this.#receive(JSON.parse(data))
    this.socket.onclose = ({ code }) => this.#broken(code)
  }

  #receive(message) {
    if (this.ended) return
    this.pause = FIRST_PAUSE
    if (this.silent) this.handlers.onMessage({ kind: "status", status: this.status }) // what was said before
    this.silent = false
    this.heard = performance.now()
    if (message.status) this.status = message.status
    if (message.kind === "done") this.#end(message.state ?? "done", Boolean(message.caused))
    else this.handlers.onMessage(message)
  }

  #look() {
    const now = performance.now()
    const away = now - this.looked > 3 * LOOK // the tab slept: what was not listened to is no silence
    this.looked = now
    if (away) this.heard = this.opened = now
    if (!this.socket) return
    const silence = now - this.heard
    if (now - Math.max(this.heard, this.opened) > GIVEN_UP) {
      this.#leave()
      this.#broken(0)
    } else if (silence >= SILENCE) {
      this.silent = true
      this.handlers.onTrouble(`no word from the server for ${Math.round(silence / 1000)} s; still trying`)
    }
  }

  #broken(code) {
    if (this.ended) return
    this.socket = null
    // 4000 to 4999: the server knows what it does, say that there is no such job. Asking again is no help.
    if (code >= 4000) {
      this.#end("lost")
      return
    }
    this.handlers.onTrouble("connection lost, trying again")
    this.timer = setTimeout(() => this.#open(), this.pause * (0.75 + Math.random() / 2))
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE)
  }

  #end(state, caused = false) {
    this.close()
    this.handlers.onEnd({ state, caused, status: this.status })
  }

  // From here on the connection is silent, whatever is still on its way.
  close() {
    this.ended = true
    clearTimeout(this.timer)
    clearInterval(this.looks)
    this.#leave()
  }

  #leave() {
    const { socket } = this
    if (socket) socket.onmessage = socket.onclose = null
    socket?.close()
  }
}
