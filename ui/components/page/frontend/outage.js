// What is said while the server does not answer. Streamlit has a dialog for that, which tells visitors to
// restart it in their terminal: the server turns it off (`ui/server/page_files.py`).

const PATIENCE = { first: 15_000, later: 2000 } // ms, until the page is connected and when it has been before
const STATE = "data-test-connection-state"
const SENTENCE = "The server does not answer; trying again. What is on the page stays."

export function tellOutages() {
  const notice = document.createElement("div")
  notice.className = "lr-outage"
  notice.setAttribute("role", "status") // it has to be there, empty, before what it says
  document.body.append(notice)
  const tell = () => { notice.textContent = SENTENCE }
  let timer = setTimeout(tell, PATIENCE.first)
  let lost = true
  let patience = PATIENCE.first
  const look = () => {
    const connected = document.querySelector(`[${STATE}]`)?.getAttribute(STATE) === "CONNECTED"
    if (connected) {
      clearTimeout(timer)
      notice.textContent = ""
      patience = PATIENCE.later
    } else if (!lost) timer = setTimeout(tell, patience)
    lost = !connected
  }
  new MutationObserver(look).observe(document.documentElement, { subtree: true, attributeFilter: [STATE] })
}
