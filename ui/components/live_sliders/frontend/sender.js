// When a change is told to Python: at once, then at most every 40 ms while it goes on, and always at the end.

const INTERVAL = 40 // ms between two events of one drag
const WINDOW = 2 // events on the way: more would interrupt the run that is answering, and the picture would stand still
const PATIENCE = 1500 // ms until an unanswered event counts as lost

export class Sender {
  // `send(event)` hands {values, dragging, name, seq} to Streamlit; `values()` reads the fields when it is sent.
  constructor(values) {
    this.values = values
    this.send = () => {}
    this.seq = 0
    this.acked = 0
    this.sentAt = -Infinity
    this.timer = null
    this.waiting = null
  }

  // Python has seen every event up to `seq`. A new page starts to count where the last one of the session stopped.
  acknowledge(seq) {
    this.acked = seq
    this.seq = Math.max(this.seq, seq)
    if (this.waiting !== null) this.#schedule()
  }

  // A value moved and more may follow.
  move(name) {
    this.waiting = name
    this.#schedule()
  }

  // The last value of a drag, a key or a number box: never held back, and nothing that waited comes after it.
  finish(name) {
    this.#emit(name, false)
  }

  answered(seq) {
    return this.acked >= seq || performance.now() - this.sentAt > PATIENCE
  }

  stop() {
    clearTimeout(this.timer)
    this.timer = null
    this.waiting = null
  }

  #schedule() {
    if (this.timer !== null) return
    const pause = this.sentAt + INTERVAL - performance.now()
    const full = this.seq - this.acked >= WINDOW && !this.answered(this.seq)
    if (pause <= 0 && !full) {
      this.#emit(this.waiting, true)
      return
    }
    // A full window opens with the next acknowledgement; the timer is for the case that none comes.
    const wait = full ? this.sentAt + PATIENCE - performance.now() : pause
    this.timer = setTimeout(() => {
      this.timer = null
      if (this.waiting !== null) this.#schedule()
    }, Math.max(0, wait) + 1)
  }

  #emit(name, dragging) {
    this.stop()
    this.seq += 1
    this.sentAt = performance.now()
    this.send({ values: this.values(), dragging, name, seq: this.seq })
  }
}
