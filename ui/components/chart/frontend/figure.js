// From a figure as Python sends it to what Plotly.react is given: plain arrays, the theme's colours, a size.

const ARRAYS = {
  f8: Float64Array, f4: Float32Array, i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array,
  i4: Int32Array, u4: Uint32Array,
}

// plotly.py writes arrays as {dtype, bdata}. The read-out and the live mode need arrays that can grow.
const decoded = array => {
  if (!array?.bdata || array.shape || !ARRAYS[array.dtype]) return array
  const bytes = Uint8Array.from(atob(array.bdata), character => character.charCodeAt(0))
  return Array.from(new ARRAYS[array.dtype](bytes.buffer))
}

export const LEGEND_FROM = 200 // pixels of height
const SMALL_TO = 125 // px of height; the name of an axis is longer than a lower chart

export const normalised = trace => ({ ...trace, x: decoded(trace.x), y: decoded(trace.y) })

export const pointCount = traces => traces.reduce((sum, trace) => sum + (trace.y?.length ?? 0), 0)

export const isLine = trace =>
  (trace.type ?? "scatter").startsWith("scatter") && Array.isArray(trace.x) && Array.isArray(trace.y)

// The theme of the page, read from the variables that Streamlit sets around every component.
export function themeOf(node) {
  const style = getComputedStyle(node)
  const read = (name, otherwise) => {
    const value = style.getPropertyValue(name).trim()
    return value && value !== "unset" ? value : otherwise
  }
  return {
    text: read("--st-text-color", "#31333f"),
    background: read("--st-background-color", "#ffffff"),
    panel: read("--st-secondary-background-color", "#f0f2f6"),
    grid: read("--st-border-color-light", "rgba(128,128,128,0.25)"),
    line: read("--st-border-color", "rgba(128,128,128,0.4)"),
    font: read("--st-font", "sans-serif"),
  }
}

const axisNames = (data, layout) => {
  const names = new Set(Object.keys(layout).filter(name => /^[xy]axis\d*$/.test(name)))
  for (const axis of ["x", "y"]) {
    for (const trace of data) names.add(`${axis}axis${(trace[`${axis}axis`] ?? axis).slice(1)}`)
  }
  return names
}

// `layout` with everything filled in that Python left open. What Python says is never overruled.
// A low chart has no room for its legend. Charts of a group get no margin of their own by the width of their
// tick labels, so that equal steps stand above each other, and no hover label, because the shared read-out
// says the same.
export function completeLayout({ data, layout, theme, width, height, revision, grouped }) {
  const full = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    margin: { l: 56, r: 12, t: layout.title ? 40 : 8, b: 44 },
    uirevision: "constant",
    hovermode: grouped ? false : "x",
    ...layout,
    width,
    height,
    datarevision: revision,
    font: { color: theme.text, family: theme.font, size: height < SMALL_TO ? 10 : 13, ...layout.font },
    hoverlabel: {
      bgcolor: theme.panel, bordercolor: theme.line, ...layout.hoverlabel,
      font: { color: theme.text, ...layout.hoverlabel?.font },
    },
    // On end it stands in the right margin, where it lies over no curve, legend or sentence.
    modebar: {
      orientation: "v", bgcolor: "rgba(0,0,0,0)", color: theme.line, activecolor: theme.text,
      ...layout.modebar,
    },
    legend: { bgcolor: "rgba(0,0,0,0)", ...layout.legend },
  }
  if (height < LEGEND_FROM) full.showlegend = false
  for (const name of axisNames(data, layout)) {
    full[name] = {
      gridcolor: theme.grid, zerolinecolor: theme.grid, linecolor: theme.line, tickcolor: theme.line,
      automargin: !grouped || name.startsWith("x"),
      ...layout[name],
    }
    // A copy: Plotly writes a zoom into the array that it is given.
    if (full[name].range) full[name].range = [...full[name].range]
  }
  return full
}

// The upper axis of a chart over updates, in epochs of `perEpoch` updates; it spans what the lower one spans.
export function epochAxis(xaxis, perEpoch) {
  const scale = xaxis.type === "log" ? at => at - Math.log10(perEpoch) : at => at / perEpoch
  return {
    overlaying: "x", side: "top", type: xaxis.type ?? "linear", range: xaxis.range.map(scale),
    autorange: false, fixedrange: true,
    showgrid: false, zeroline: false, title: { text: "epochs", standoff: 4 }, tickmode: "auto", nticks: 9,
    tickcolor: xaxis.tickcolor, linecolor: xaxis.linecolor,
  }
}

// A new one each time: Plotly writes into the traces that it is given.
export const epochTrace = () => ({
  type: "scatter", mode: "lines", uid: "epochs", xaxis: "x2", x: [0], y: [null],
  showlegend: false, hoverinfo: "skip",
})

// More points for a trace that grows.
export function extend(trace, x, y) {
  if (!trace) return
  ;(trace.x ??= []).push(...x)
  ;(trace.y ??= []).push(...y)
}
