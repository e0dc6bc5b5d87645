import type { Answer } from '../api/client'
import type { Heatmap } from '../api/heatmap'
import { factsAsText, indexPairs, pairFacts } from '../heatmap/pairFacts'
import { Freshness } from '../live/freshness'
import { element, make, setText } from './elements'
import { showLegend } from './legend'
import { MapView } from './mapView'
import { Selection } from './selection'
import { rangeOf, statusOf, summaryOf, type Message } from './status'
import { currentTheme, onThemeChange } from './theme'
import { showTooltip } from './tooltip'

/** The whole page: takes the server's answers and shows them. A failed answer leaves the last picture, greyed. */
export class Page {
  private readonly map = new MapView()
  private readonly selection = new Selection(this.map, () => this.heatmap?.pods.length ?? 0, () => this.showSelection())
  private readonly freshness = new Freshness(() => this.showStatus())
  private answer: Answer | undefined
  private heatmap: Heatmap | undefined
  private rows: Int32Array = new Int32Array()
  private theme = currentTheme()

  constructor() {
    const repaint = (): void => {
      this.theme = currentTheme()
      this.showHeatmap()
    }
    onThemeChange(repaint)
    // The room of the map changes with the window, with its zoom, and when a banner comes or goes.
    new ResizeObserver(repaint).observe(this.map.canvas.parentElement!)
  }

  take(answer: Answer): void {
    this.answer = answer
    if (answer.kind === 'heatmap') {
      this.heatmap = answer.heatmap
      this.rows = indexPairs(answer.heatmap)
      this.freshness.note(answer.heatmap)
    }
    this.showStatus()
    if (answer.kind === 'heatmap') this.showHeatmap()
  }

  private showHeatmap(): void {
    const { heatmap, theme } = this
    if (heatmap === undefined) return
    element('side', HTMLElement).hidden = heatmap.pods.length === 0
    setText(element('summary', HTMLElement), summaryOf(heatmap))
    setText(element('pattern', HTMLElement), heatmap.pattern ?? '')
    setText(element('range', HTMLElement), rangeOf(heatmap))
    showLegend(element('legend', HTMLElement), heatmap, theme.palette)
    this.map.show(heatmap, theme)
    this.showSelection()
  }

  private showStatus(): void {
    const { answer, heatmap, freshness } = this
    const status = statusOf({ answer, heatmap, stale: freshness.stale, lastDataMs: freshness.lastDataMs })
    const live = element('live', HTMLElement)
    live.dataset['state'] = status.live.state
    setText(live, status.live.text)
    this.map.canvas.classList.toggle('old', status.old)
    const picture = heatmap !== undefined && heatmap.pods.length > 0
    // With a picture, trouble is a line above it; a picture still empty is told about on itself; without one the words are all there is.
    this.showBanner(picture && status.old ? status.message : null)
    this.showNotice(picture && status.old ? null : status.message, picture)
  }

  private showBanner(message: Message | null): void {
    const banner = element('banner', HTMLElement)
    banner.hidden = message === null
    setText(banner, message === null ? '' : `${message.title}. ${message.detail}`)
  }

  private showNotice(message: Message | null, over: boolean): void {
    const notice = element('notice', HTMLElement)
    notice.hidden = message === null
    notice.classList.toggle('over', over)
    if (message === null || notice.textContent === message.title + message.detail) return
    notice.replaceChildren(make('strong', '', message.title), make('span', '', message.detail))
  }

  private showSelection(): void {
    const pair = this.selection.pair
    const anchor = this.map.mark(pair)
    const tooltip = element('tooltip', HTMLElement)
    const spoken = element('selected', HTMLElement)
    if (pair === null || anchor === null || this.heatmap === undefined) {
      tooltip.hidden = true
      setText(spoken, '')
      return
    }
    const facts = pairFacts(this.heatmap, this.rows, pair)
    showTooltip(tooltip, facts, anchor, this.theme.palette)
    setText(spoken, factsAsText(facts))
  }
}
