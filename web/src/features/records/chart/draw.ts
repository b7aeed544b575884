/** Draws bars with billboard.js, in the colours of the page; loaded only where a chart is shown. */
import bb, { bar } from 'billboard.js'
import 'billboard.js/dist/billboard.css'
import './chart.css'
import type { Bar } from './groups'

export interface Drawing {
  destroy: () => void
}

const BAR_HEIGHT = 26
const LABEL_LENGTH = 24

const cut = (text: string): string => (text.length > LABEL_LENGTH ? `${text.slice(0, LABEL_LENGTH - 1)}…` : text)

export function drawBars(element: HTMLElement, bars: Bar[], measure: string, isTime: boolean): Drawing {
  const areWhole = bars.every((one) => Number.isInteger(one.value))
  const height = isTime ? 340 : Math.max(120, bars.length * BAR_HEIGHT + 48)
  return bb.generate({
    bindto: element,
    data: {
      columns: [[measure, ...bars.map((one) => one.value)]],
      type: bar(),
      color: () => 'var(--accent)',
      labels: { format: (_value: number, _id: string, at: number) => bars[at]?.text ?? '' },
    },
    bar: { width: { ratio: 0.72, max: 72 }, radius: 2 },
    axis: {
      rotated: !isTime,
      x: {
        type: 'category',
        categories: bars.map((one) => cut(one.label)),
        tick: { multiline: false, culling: isTime ? { max: 8 } : false },
      },
      y: {
        show: isTime,
        padding: { top: isTime ? 24 : 60, bottom: 0 },
        label: isTime ? { text: measure, position: 'outer-top' } : undefined,
        min: 0,
        tick: { culling: { max: 6 }, format: (value: number) => tickText(value, areWhole) },
      },
    },
    grid: { y: { show: isTime } },
    legend: { show: false },
    tooltip: { contents: (data) => tip(bars[data[0]?.index ?? 0]) },
    size: { height },
    transition: { duration: 0 },
    resize: { auto: true },
  })
}

/** Half a record is none: what is counted has whole ticks only. */
function tickText(value: number, areWhole: boolean): string {
  return areWhole && !Number.isInteger(value) ? '' : value.toLocaleString(undefined, { notation: 'compact' })
}

function escaped(text: string): string {
  const span = document.createElement('span')
  span.textContent = text
  return span.innerHTML
}

function tip(one: Bar | undefined): string {
  return one ? `<div class="tip"><b>${escaped(one.text)}</b> ${escaped(one.label)}</div>` : ''
}
