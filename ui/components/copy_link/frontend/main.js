// The button that copies the address of the page. Streamlit calls `render` again when the theme changes.

import { loadStyles } from "../../shared/frontend/styles.js"

await loadStyles(new URL("./style.css", import.meta.url))

const SAID = 3000 // ms for which the answer stands there

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text)
    return
  }
  // A page that came unencrypted from another machine, as in a classroom, is given no clipboard.
  const area = document.createElement("textarea")
  area.value = text
  document.body.append(area)
  area.select()
  const done = document.execCommand("copy")
  area.remove()
  if (!done) throw new Error("refused")
}

export default function render({ parentElement }) {
  if (parentElement.querySelector(":scope > .lrl")) return
  const root = document.createElement("div")
  root.className = "lrl"
  const button = document.createElement("button")
  button.type = "button"
  button.textContent = "Copy link"
  const answer = document.createElement("span")
  answer.setAttribute("role", "status")
  let timer = null
  button.addEventListener("click", async () => {
    clearTimeout(timer)
    answer.textContent = await copy(location.href).then(
      () => "Copied: it opens this page as it is now.",
      () => "The browser allows no copying; take the address from its bar.",
    )
    timer = setTimeout(() => { answer.textContent = "" }, SAID)
  })
  root.append(button, answer)
  parentElement.append(root)
}
