// The value of a line at any x, and how numbers are written.

// The last index with xs[index] <= x, or -1. At a corner of a staircase, where one x stands twice, that is
// the later one: the value that holds from there on.
const lastNotAfter = (xs, x) => {
  let low = 0
  let high = xs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (xs[middle] <= x) low = middle + 1
    else high = middle
  }
  return low - 1
}

// Where the drawn line is, which is straight on the axes in use between the two vertices around x: exact on a
// staircase that is drawn with both of its corners. Null outside the line and in a gap.
export function valueAt({ x: xs, y: ys, line, mode }, x, { logX = false, logY = false } = {}) {
  const left = lastNotAfter(xs, x)
  if (left < 0) return null
  if (xs[left] === x) return ys[left]
  if (left + 1 >= xs.length) return null
  const [y0, y1] = [ys[left], ys[left + 1]]
  const along = logX && xs[left] > 0 ? Math.log : each => each
  const [from, to] = [along(xs[left]), along(xs[left + 1])]
  const share = (along(x) - from) / (to - from)
  if (mode === "markers") return share < 0.5 ? y0 : y1
  if (line?.shape === "hv") return y0
  if (line?.shape === "vh") return y1
  if (y0 === null || y1 === null || y0 === undefined || y1 === undefined) return null
  return logY && y0 > 0 && y1 > 0 ? y0 * (y1 / y0) ** share : y0 + (y1 - y0) * share
}

export function formatNumber(value) {
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2).replace(/\.?0+e/, "e")
  return String(Number(value.toPrecision(4)))
}
