/** Says numbers, times and sizes in words, always the same way. */
import { session } from '@/app/session'

const locale = navigator.language
const wholeNumber = new Intl.NumberFormat(locale)

export const formatNumber = (value: number): string => wholeNumber.format(value)

/** A decimal keeps all its digits, as the text that the server sent. */
export function formatDecimal(value: number | string): string {
  const [whole = '', rest] = String(value).split('.')
  const grouped = wholeNumber.format(BigInt(whole === '-' || whole === '' ? 0 : whole))
  const sign = whole.startsWith('-') && !grouped.startsWith('-') ? '-' : ''
  return rest === undefined ? sign + grouped : `${sign}${grouped}${decimalMark}${rest}`
}

const decimalMark = (1.5).toLocaleString(locale).replace(/\d/g, '') || '.'

function zone(): string | undefined {
  return session.person?.time_zone || undefined
}

export function formatTime(value: string): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short', timeZone: zone() }
  return new Date(value).toLocaleString(locale, options)
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

export function formatAgo(value: string, now = Date.now()): string {
  const seconds = Math.round((new Date(value).getTime() - now) / 1000)
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  }
  return 'just now'
}

export function formatBytes(value: number): string {
  const names = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = value
  let at = 0
  while (size >= 1000 && at < names.length - 1) {
    size /= 1000
    at += 1
  }
  return `${size.toLocaleString(locale, { maximumFractionDigits: at === 0 || size >= 100 ? 0 : 1 })} ${names[at]}`
}

export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 10) return `${seconds.toLocaleString(locale, { maximumFractionDigits: 1 })} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toLocaleString(locale, { maximumFractionDigits: 1 })} h`
}
