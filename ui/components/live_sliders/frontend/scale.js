// Positions of a thumb and the values they stand for.

// About the number of pixels a thumb travels: fine enough to drag, coarse enough for arrow keys.
const POSITIONS = 400

const clamp = (x, low, high) => Math.min(high, Math.max(low, x))

// The number with the fewest digits (three or more) that lies nearer to `raw` than half of one step of the
// thumb. So 0.0499731 becomes 0.05, and two neighbouring positions never become the same number.
const rounded = (raw, step) => {
  for (let digits = 3; digits < 15; digits += 1) {
    const candidate = Number(raw.toPrecision(digits))
    if (Math.abs(candidate - raw) < step / 2) return candidate
  }
  return raw
}

// {last, position(value), value(position)}: the thumb goes from 0 to `last` in whole steps.
export function scaleOf({ minimum, maximum, scale, integer }) {
  const span = maximum - minimum
  const countable = integer && scale === "linear" && span <= POSITIONS * 5
  const last = countable ? Math.max(1, Math.floor(span)) : POSITIONS
  const raw = scale === "log"
    ? position => minimum * Math.pow(maximum / minimum, position / last)
    : position => minimum + span * position / last
  const fraction = scale === "log"
    ? value => (value > 0 ? Math.log(value / minimum) / Math.log(maximum / minimum) : 0)
    : value => (value - minimum) / span

  return {
    last,
    position: value => clamp(fraction(value) * last, 0, last),
    value: position => {
      if (countable) return clamp(Math.round(minimum + position), minimum, maximum)
      const exact = raw(position)
      if (integer) return clamp(Math.round(exact), Math.ceil(minimum), Math.floor(maximum))
      if (position <= 0) return minimum
      if (position >= last) return maximum
      return clamp(rounded(exact, raw(position + 1) - exact), minimum, maximum)
    },
  }
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

// What a number box holds: a finite number, or the text unchanged for Python to say what is wrong with it.
export function parse(text) {
  const trimmed = text.trim()
  const number = NUMBER.test(trimmed) ? Number(trimmed) : NaN
  return Number.isFinite(number) ? number : text
}

// Shown text of a value. Twelve digits hide 0.30000000000000004; the exact value is kept beside it.
export const format = value => String(typeof value === "number" ? Number(value.toPrecision(12)) : value)

// The same for attributes of accessibility, which know no exponent: 1e-7 is 0.0000001.
const DECIMAL = { useGrouping: false, maximumSignificantDigits: 12 }
export const decimal = value => value.toLocaleString("en", DECIMAL)
