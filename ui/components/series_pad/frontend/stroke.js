// What a stroke does to a series, and what the pad's height spans.

// `values` with the straight line from point `from` to point `to` drawn into it, each {index, value};
// indices count from 0. The first stroke behind the end joins the end; on an empty pad it goes back to the
// beginning.
export function stroked(values, from, to) {
  const series = [...values]
  const end = series.length - 1
  if (Math.min(from.index, to.index) > end) {
    const start = end >= 0 ? { index: end, value: series[end] } : { index: 0, value: from.value }
    put(series, start, from.index <= to.index ? from : to)
  }
  put(series, from, to)
  return series
}

function put(series, from, to) {
  const step = Math.sign(to.index - from.index)
  for (let index = from.index; step !== 0 && index !== to.index; index += step) {
    const along = index - from.index
    series[index] = rounded(from.value + ((to.value - from.value) * along) / (to.index - from.index))
  }
  series[to.index] = rounded(to.value)
}

// A hand is not more exact than four digits.
const rounded = value => Number(value.toPrecision(4))

// From 0, or below for a series that goes there, up to a round number with some room above the highest value.
export function span(values) {
  const high = values.reduce((most, value) => Math.max(most, value), 0)
  const low = values.reduce((least, value) => Math.min(least, value), 0)
  const top = high > 0 ? round(1.1 * high) : low < 0 ? 0 : 1
  return [low < 0 ? -round(-1.1 * low) : 0, top]
}

const round = value => {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(digit => digit * power >= value) * power
}
