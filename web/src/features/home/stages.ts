/** The five places of the data's life, each with its count and what the count says. */
import type { Stats } from '@/api/types'
import { formatNumber } from '@/composables/format'
import { t } from '@/texts/en'

export interface Stage {
  name: 'applications' | 'records' | 'alerts' | 'flows' | 'jobs'
  title: string
  to: string
  /** Null where the server says nothing about it. */
  count: number | null
  note: string
}

export function stagesOf(stats: Stats): Stage[] {
  const count = (name: string): number => stats[name] ?? 0
  const stage = (name: Stage['name'], of: string, note?: string): Stage => {
    const [title = name, words = ''] = t.home.stages[name] ?? []
    return { name, title, to: `/${name}`, count: stats[of] ?? null, note: note || words }
  }
  const processing = `${t.home.waiting}, ${formatNumber(count('processing'))} ${t.home.processing}`
  const failures = count('failures') ? t.home.failures(count('failures')) : undefined
  const running = count('jobs_running') ? t.home.running(count('jobs_running')) : undefined
  return [
    stage('applications', 'applications'),
    stage('records', 'records', t.home.inModules(count('modules'))),
    stage('alerts', 'queued', processing),
    stage('flows', 'flows', failures),
    stage('jobs', 'jobs', running),
  ]
}
