// A chart comes into sight when something far from it on the page has put other curves there.

const told = new WeakMap()

// `count` is Python's, and grows with each such change.
export function reveal(chart, count) {
  const before = told.get(chart)
  told.set(chart, count)
  if (before !== undefined && count > before) chart.root.scrollIntoView({ block: "center" })
}
