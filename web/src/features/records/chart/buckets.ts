/** Says a calendar bucket by the day it starts with. */
const at = (day: string): Date => new Date(`${day}T00:00:00Z`)

function written(day: string, options: Intl.DateTimeFormatOptions): string {
  return at(day).toLocaleDateString(navigator.language, { ...options, timeZone: 'UTC' })
}

const writers: Record<string, (day: string) => string> = {
  year: (day) => day.slice(0, 4),
  quarter: (day) => `Q${Math.floor(at(day).getUTCMonth() / 3) + 1} ${day.slice(0, 4)}`,
  month: (day) => written(day, { month: 'short', year: 'numeric' }),
}

/** `2031-01-01` as `Jan 2031`, `Q1 2031`, `2031`, or the day itself. */
export function bucketText(day: string, unit: string): string {
  return (writers[unit] ?? ((one) => written(one, { day: 'numeric', month: 'short', year: 'numeric' })))(
    day.slice(0, 10),
  )
}
