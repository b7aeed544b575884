/** The five places of the data's life, each with its count and what the count says. */
import type { Stats } from '@/api/types'
import { formatNumber } from '@/composables/format'
import { t } from '@/texts/en'

export interface Stage {
  name: 'applications' | 'records' | 'alerts' | 'flows' | 'jobs'
  title: string
  to: string
  count: number
  note: string
}

/** A count by its name, whether the server sends it alone or with its parts. */
function countOf(stats: Stats, name: string, part?: string): number {
  const value = stats[name]
  if (typeof value === 'number') return part ? 0 : value
  if (!value) return 0
  return value[part ?? 'total'] ?? (part ? 0 : Object.values(value).reduce((sum, one) => sum + one, 0))
}

export function stagesOf(stats: Stats): Stage[] {
  const stage = (name: Stage['name'], count: number, note?: string): Stage => {
    const [title = name, words = ''] = t.home.stages[name] ?? []
    return { name, title, to: `/${name}`, count, note: note || words }
  }
  const running = countOf(stats, 'jobs', 'running')
  return [
    stage('applications', countOf(stats, 'applications')),
    stage('records', countOf(stats, 'records'), t.home.inModules(countOf(stats, 'modules'))),
    stage('alerts', countOf(stats, 'alerts', 'queued'), `${t.home.waiting}, ${formatNumber(countOf(stats, 'alerts', 'processing'))} ${t.home.processing}`),
    stage('flows', countOf(stats, 'flows')),
    stage('jobs', countOf(stats, 'jobs'), running ? t.home.running(running) : undefined),
  ]
}
