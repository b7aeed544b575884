/** Background jobs, search and the counts of the home page. */
import { get, post } from './client'
import type { Job, LogLine, Page, SearchHit, Stats } from './types'

export interface JobQuery {
  kind?: string
  status?: string
  limit?: number
  cursor?: string
}

export const listJobs = (query: JobQuery, signal?: AbortSignal) => get<Page<Job>>('/api/jobs', { ...query }, signal)
export const readJob = (id: number, signal?: AbortSignal) => get<Job>(`/api/jobs/${id}`, undefined, signal)
export const readLog = (id: number, signal?: AbortSignal) =>
  get<Page<LogLine>>(`/api/jobs/${id}/log`, { limit: 1000 }, signal)
export const cancelJob = (id: number) => post<Job>(`/api/jobs/${id}/cancel`)
export const retryJob = (id: number) => post<Job>(`/api/jobs/${id}/retry`)

export const search = (q: string, signal?: AbortSignal) => get<{ items: SearchHit[] }>('/api/search', { q }, signal)
export const readStats = (signal?: AbortSignal) => get<Stats>('/api/stats', undefined, signal)
