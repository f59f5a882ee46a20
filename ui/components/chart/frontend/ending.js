// Tells Python that a run has ended, until a script run shows that it knows: while the page's own connection
// is broken, which may last longer than that of the run, what is said is lost.

const FIRST_PAUSE = 4000 // ms; doubled with every time that it is told
const LONGEST_PAUSE = 60000

export class Ending {
  constructor() {
    this.timer = null
  }

  // `caused`: this page has ended the run, and Python's answer to that is on its way. tell(): how it is told.
  begin(caused, tell) {
    let pause = FIRST_PAUSE
    const again = () => {
      tell()
      this.timer = setTimeout(again, pause)
      pause = Math.min(2 * pause, LONGEST_PAUSE)
    }
    this.timer = setTimeout(again, caused ? FIRST_PAUSE : 0)
  }

  known() {
    clearTimeout(this.timer)
  }
}
