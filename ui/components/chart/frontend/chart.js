// One chart: which figure it shows, when it is drawn, and the job that it follows.
import { Access } from "./access.js"
import { Cursor } from "./cursor.js"
import { Ending } from "./ending.js"
import { completeLayout, epochAxis, epochTrace, extend, normalised, pointCount, themeOf } from "./figure.js"
import { GrowingConnection } from "./growing.js"
import { HeldRange } from "./held.js"
import { Key } from "./key.js"
import { Moves } from "./moves.js"
import { CONFIG, loadPlotly } from "./plotly.js"
import { Progress } from "./progress.js"
import { SaveRow } from "./save.js"
import { Ticks } from "./ticks.js"

const div = (className, parent) => {
  const node = document.createElement("div")
  node.className = className
  parent?.append(node)
  return node
}

export class Chart {
  constructor(parent) {
    this.root = div("lrc")
    this.progress = new Progress()
    this.key = new Key()
    this.root.append(this.progress.node, this.key.node)
    this.frame = div("lrc-frame", this.root)
    this.plot = div("lrc-plot", this.frame)
    this.readout = div("lrc-readout", this.root)
    this.save = new SaveRow(this)
    this.message = div("lrc-message", this.root)
    this.message.setAttribute("role", "alert")
    this.cursor = new Cursor(this)
    this.access = new Access(this)
    this.moves = new Moves(this)
    this.ticks = new Ticks(this.plot)
    this.held = new HeldRange()

    this.figure = { data: [], layout: {} } // what is shown; in live mode its arrays grow
    this.figureText = null // Python's figure, to see whether it changed
    this.connection = null
    this.ending = new Ending()
    this.livePath = null
    this.following = false // a snapshot has come: the picture belongs to the job
    this.redraws = this.revision = this.curves = 0 // curves: legend groups at the last drawing
    this.frameRequest = null
    this.drawing = this.again = false // one is under way; something has changed during it
    this.gone = false
    this.width = this.height = 0 // of the last drawing
    Object.assign(this.root.dataset, { mounts: "0", redraws: "0", points: "0", liveState: "" })
    parent.append(this.root)
    this.observer = new ResizeObserver(() => this.#resized())
    this.observer.observe(this.frame)
  }

  // --- Python ---

  update({ data: [data], setTriggerValue }) {
    this.data = data
    this.tellPython = setTriggerValue
    this.root.dataset.testid = `chart-${data.key}`
    this.frame.style.height = data.height
    this.access.update(data)
    this.readout.hidden = !data.group
    this.save.offer(data.save)
    this.cursor.join(data.group)
    const released = this.moves.update(data.key, data.drag, data.overlay)
    this.#follow(data.live, released)
    if (data.live?.over || (data.live && data.heard === data.live.url)) this.ending.known()
    if (!this.following && !(data.live && this.drawn)) this.#showPythonsFigure()
    this.schedule()
  }

  get drawn() {
    return this.redraws > 0
  }

  #showPythonsFigure() {
    if (this.data.figure === this.figureText) return
    this.figureText = this.data.figure
    const { data = [], layout = {} } = JSON.parse(this.data.figure)
    this.figure = { data: data.map(normalised), layout }
  }

  // --- the running job ---

  #follow(live, released) {
    const path = live?.url ?? null
    if (path === this.livePath) return
    this.held.begin(released)
    this.connection?.close()
    this.connection = null
    this.ending.known()
    this.livePath = path
    this.following = false
    this.figureText = null
    this.frame.classList.toggle("lrc-old", path !== null && this.drawn)
    if (path === null) return this.#setStatus({ state: "" })
    this.progress.reserve()
    this.#setStatus(live.status ?? { text: "waiting for the first result", state: "queued" })
    this.connection = new GrowingConnection(path, {
      onMessage: message => this.#receive(message),
      onTrouble: text => this.#setStatus({ text, state: "reconnecting" }),
      onEnd: end => this.#ended(live, end),
    }, () => this.drawn)
  }

  #receive(message) {
    if (message.kind === "snapshot") {
      this.following = true
      this.frame.classList.remove("lrc-old")
      const layout = message.layout ?? this.figure.layout
      this.figure = { data: (message.data ?? []).map(normalised), layout }
    } else if (message.kind === "extend" && this.following) {
      for (const { i, x = message.x, y } of message.traces ?? []) extend(this.figure.data[i], x, y)
    }
    if (message.status) this.#setStatus(message.status)
    if (message.kind !== "status") this.schedule()
  }

  #ended(live, { state, caused, status }) {
    if (state === "superseded") this.root.dataset.liveState = state // the next run's address is about to come
    else {
      this.#setStatus({ ...status, state })
      this.frame.classList.remove("lrc-old")
    }
    this.ending.begin(caused, () => this.tellPython("done", { ...live, state, status }))
  }

  #setStatus(status) {
    this.root.dataset.liveState = status.state ?? "running"
    this.progress.update(status)
  }

  // --- drawing ---

  // All that changes between two frames of the screen is drawn once, and never while a drawing is under way.
  // `moved`: nothing has changed but the curves that a drag moves.
  schedule({ moved = false } = {}) {
    this.moves.whole ||= !moved
    this.frameRequest ??= requestAnimationFrame(async () => {
      this.frameRequest = null
      if (this.drawing) {
        this.again = true
        return
      }
      this.drawing = true
      try {
        await this.#draw()
        this.message.textContent = ""
      } catch (error) {
        this.message.textContent = error.message
        throw error
      } finally {
        this.drawing = false
        if (this.again && !this.gone) this.schedule({ moved: true })
        this.again = false
      }
    })
  }

  async #draw() {
    const Plotly = await loadPlotly(this.data.plotly, !this.drawn)
    ;({ clientWidth: this.width, clientHeight: this.height } = this.frame)
    // Gone, or in a tab that is not open: the observer tells when it is.
    if (this.gone || this.width === 0) return
    const first = !this.drawn
    const config = { ...CONFIG, ...this.data.config }
    const whole = figure => Plotly.react(this.plot, this.#traces(figure), this.#layout(figure), config)
    const figure = await this.moves.draw(Plotly, whole)
    if (!this.gone) await this.ticks.fit(Plotly)
    if (this.gone) return
    this.redraws += 1
    const { dataset } = this.root
    dataset.redraws = String(this.redraws)
    dataset.points = String(pointCount(figure.data))
    this.access.drawn(figure)
    this.key.drawn(figure, this.height)
    if (first) {
      dataset.mounts = String(Number(dataset.mounts) + 1)
      this.plot.on("plotly_relayout", change => {
        this.cursor.relayouted(change)
        this.schedule() // the upper axis follows, and the numbers of the axes
      })
      this.plot.on("plotly_restyle", () => {
        this.cursor.restyled()
        this.schedule()
      })
    }
    this.cursor.redraw()
  }

  // Curves that the group hides stay hidden, until there are other curves: then a hidden one would be
  // another plan's. Plotly draws an axis only if a trace lies on it.
  #traces({ data, layout }) {
    const count = new Set(data.map(trace => trace.legendgroup)).size
    if (this.curves && count !== this.curves) this.cursor.group?.setHidden(new Set(), this.cursor)
    this.curves = count
    const traces = data.map(trace => ({
      uirevision: String(count),
      ...trace,
      ...(this.cursor.hidden.has(trace.legendgroup) && { visible: "legendonly" }),
    }))
    if (this.data.epoch > 1) traces.push(epochTrace())
    return [...traces, ...this.held.beside(traces, layout.yaxis, this.root.dataset.liveState === "done")]
  }

  #layout({ data, layout }) {
    this.xName = layout.xaxis?.title?.text || this.data.xName
    const extent = JSON.stringify([layout.xaxis?.range, layout.xaxis?.type])
    this.cursor.group?.setExtent(extent)
    const { width, height } = this
    const full = completeLayout({
      data, layout, theme: themeOf(this.root), width, height, grouped: Boolean(this.data.group),
      revision: (this.revision += 1),
    })
    // A zoom belongs to the axis on which it was made: another range, kind or quantity begins unzoomed.
    full.xaxis = { uirevision: extent, ...full.xaxis }
    full.yaxis = { uirevision: `${layout.yaxis?.type} ${layout.yaxis?.title?.text}`, ...full.yaxis }
    if (this.cursor.zoom) full.xaxis = { ...full.xaxis, range: [...this.cursor.zoom], autorange: false }
    if (this.data.epoch > 1) full.xaxis2 = epochAxis(full.xaxis, this.data.epoch)
    this.ticks.into(full)
    this.held.into(full)
    return full
  }

  // Another chart of the group was zoomed, or a curve hidden there: the next drawing follows.
  groupChanged = () => this.schedule()

  #resized() {
    this.readout.style.minHeight = ""
    const { clientWidth: width, clientHeight: height } = this.frame
    if (this.data && (width !== this.width || height !== this.height)) this.schedule()
  }

  destroy() {
    this.gone = true
    this.connection?.close()
    this.ending.known()
    this.observer.disconnect()
    cancelAnimationFrame(this.frameRequest)
    this.cursor.leave()
    this.access.leave()
    this.moves.leave()
    window.Plotly?.purge(this.plot)
    this.root.remove()
  }
}
