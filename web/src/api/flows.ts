/** Flows, their runs and their failures. */
import { get, post } from './client'
import type { JobStatus, Page } from './types'

export interface StepCounters {
  step?: string
  name?: string
  kind?: string
  read?: number
  ok?: number
  success?: number
  ignored?: number
  errors?: number
  failed?: number
  [name: string]: string | number | null | undefined
}

export interface Run {
  id: number
  flow_id?: number | string
  status: JobStatus
  started_at?: string | null
  finished_at?: string | null
  created_at?: string
  steps?: StepCounters[]
  read?: number
  ok?: number
  ignored?: number
  errors?: number
  error?: string | null
}

export interface Flow {
  id: number | string
  name: string
  format: 'integrator' | 'scenario'
  disabled: boolean
  schedule?: string | null
  last_run?: Run | null
}

export interface Failure {
  id: number | string
  step?: string
  kind?: string
  code?: string
  message: string
  trace_key?: string | null
  data?: unknown
  at?: string
  created_at?: string
  resolved_at?: string | null
}

type Id = number | string

export const listFlows = (signal?: AbortSignal) => get<Page<Flow>>('/api/flows', { limit: 1000 }, signal)
export const readFlow = (id: Id, signal?: AbortSignal) => get<Flow>(`/api/flows/${id}`, undefined, signal)
export const readDocument = (id: Id, signal?: AbortSignal) =>
  get<Record<string, unknown>>(`/api/flows/${id}/document`, undefined, signal)
export const runFlow = (id: Id) => post<Run>(`/api/flows/${id}/run`, {})
export const listRuns = (id: Id, signal?: AbortSignal) => get<Page<Run>>(`/api/flows/${id}/runs`, {}, signal)
export const readRun = (id: Id, signal?: AbortSignal) => get<Run>(`/api/runs/${id}`, undefined, signal)
export const listFailures = (id: Id, signal?: AbortSignal) =>
  get<Page<Failure>>(`/api/flows/${id}/failures`, {}, signal)
export const retryFailures = (id: Id, ids: Id[]) => post<void>(`/api/flows/${id}/failures/retry`, { ids })
export const resolveFailures = (id: Id, ids: Id[]) => post<void>(`/api/flows/${id}/failures/resolve`, { ids })
