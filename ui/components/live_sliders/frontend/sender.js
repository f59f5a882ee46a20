// When a change is told to Python: at once, then at most every 40 ms while it goes on, and always at the end.

const INTERVAL = 40 // ms between two events of one drag
const POLL = 15 // ms between two looks at whether Python is free again
export const PATIENCE = 3000 // ms until an unanswered event counts as lost

export class Sender {
  // `values()` reads the fields at the moment of sending; `busy()` tells whether a run of the script is
  // under way; `send(event)` hands {values, dragging, seq, at} to Streamlit.
  //
  // A moving value waits until the run that answers the one before has ended. Were it sent earlier, the
  // next run would start at once and Streamlit would throw away what the last one had drawn but not
  // delivered yet: on a busy server the curve would stand still while the thumb moves.
  constructor(values, busy) {
    this.values = values
    this.busy = busy
    this.send = () => {}
    this.seq = 0
    this.acked = 0
    this.sentAt = -Infinity
    this.timer = null
    this.waiting = false
  }

  // Python has seen every event up to `seq`. A new page starts to count where the last one of the session
  // stopped.
  acknowledge(seq) {
    this.acked = seq
    this.seq = Math.max(this.seq, seq)
  }

  // A value moved and more may follow.
  move() {
    this.waiting = true
    this.#schedule()
  }

  // The last value of a drag, a key or a number box: never held back, and nothing that waited comes after it.
  // `at` is the moment, for the charts that followed the drag.
  finish(at) {
    this.#emit(false, at)
  }

  answered(seq) {
    return this.acked >= seq || performance.now() - this.sentAt > PATIENCE
  }

  stop() {
    clearTimeout(this.timer)
    this.timer = null
    this.waiting = false
  }

  #schedule() {
    if (this.timer !== null) return
    const age = performance.now() - this.sentAt
    const held = age < PATIENCE && (this.acked < this.seq || this.busy())
    if (age >= INTERVAL && !held) {
      this.#emit(true)
      return
    }
    this.timer = setTimeout(() => {
      this.timer = null
      if (this.waiting) this.#schedule()
    }, Math.max(INTERVAL - age, POLL))
  }

  #emit(dragging, at = 0) {
    this.stop()
    this.seq += 1
    this.sentAt = performance.now()
    this.send({ values: this.values(), dragging, seq: this.seq, at })
  }
}
