// Style sheets of the components, loaded once per page and not re-sent with every message as inline CSS
// would be.

const loading = new Map()

const load = async url => {
  const response = await fetch(url)
  if (!response.ok) {
    throw new Error(`The style sheet ${url.pathname} could not be loaded (${response.status}).`)
  }
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(await response.text())
  document.adoptedStyleSheets.push(sheet)
}

export function loadStyles(url) {
  if (!loading.has(url.href)) loading.set(url.href, load(url))
  return loading.get(url.href)
}
