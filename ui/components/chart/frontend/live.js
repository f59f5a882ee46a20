// The connection to a running job: opens, re-opens when it breaks, and ends once.

const FIRST_PAUSE = 300 // ms; doubled with every failure in a row
const LONGEST_PAUSE = 8000

export class LiveConnection {
  // onMessage(message), onBroken(): will be tried again, onEnd({state, caused, status}): once, nothing follows.
  constructor(path, { onMessage, onBroken, onEnd }) {
    const url = new URL(path, window.location.href)
    url.protocol = url.protocol.replace("http", "ws")
    this.url = url.href
    this.handlers = { onMessage, onBroken, onEnd }
    this.pause = FIRST_PAUSE
    this.ended = false
    this.status = {}
    this.#open()
  }

  #open() {
    this.socket = new WebSocket(this.url)
    this.socket.onmessage = ({ data }) => this.#receive(JSON.parse(data))
    this.socket.onclose = ({ code }) => this.#broken(code)
  }

  #receive(message) {
    if (this.ended) return
    this.pause = FIRST_PAUSE
    if (message.status) this.status = message.status
    if (message.kind === "done") this.#end(message.state ?? "done", Boolean(message.caused))
    else this.handlers.onMessage(message)
  }

  #broken(code) {
    if (this.ended) return
    // 4000 to 4999: the server knows what it does, say that there is no such job. Asking again is no help.
    if (code >= 4000) {
      this.#end("lost")
      return
    }
    this.handlers.onBroken()
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
    this.socket.onmessage = null
    this.socket.onclose = null
    this.socket.close()
  }
}
