/** How a job is spoken of. */
import { formatDuration } from '@/composables/format'

interface Timed {
  started_at?: string | null
  finished_at?: string | null
}

/** `import_file` as `Import file`. */
export function kindText(kind: string): string {
  const words = kind.replace(/[_.:-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export function took(work: Timed): string {
  if (!work.started_at || !work.finished_at) return ''
  return formatDuration(Date.parse(work.finished_at) - Date.parse(work.started_at))
}
