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

export function stagesOf(stats: Stats): Stage[] {
  const count = (name: string): number => stats[name] ?? 0
  const stage = (name: Stage['name'], shown: number, note?: string): Stage => {
    const [title = name, words = ''] = t.home.stages[name] ?? []
    return { name, title, to: `/${name}`, count: shown, note: note || words }
  }
  const processing = `${t.home.waiting}, ${formatNumber(count('processing'))} ${t.home.processing}`
  const failures = count('failures') ? t.home.failures(count('failures')) : undefined
  const running = count('jobs_running') ? t.home.running(count('jobs_running')) : undefined
  return [
    stage('applications', count('applications')),
    stage('records', count('records'), t.home.inModules(count('modules'))),
    stage('alerts', count('queued'), processing),
    stage('flows', count('flows'), failures),
    stage('jobs', count('jobs'), running),
  ]
}
