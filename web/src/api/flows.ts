/** Flows, their runs and their failures. */
import { get, patch, post } from './client'
import type { components } from './schema'
import type { JobStatus, Page } from './types'

type Schemas = components['schemas']

export type StepCounters = Schemas['StepView']
export type Failure = Schemas['FailureView']

export interface Run extends Omit<Schemas['RunView'], 'status' | 'steps'> {
  status: JobStatus
  steps: StepCounters[] | null
}

export interface Flow extends Omit<Schemas['FlowView'], 'last_run'> {
  last_run: Run | null
}

const one = (flow: string) => `/api/flows/${flow}`

export const listFlows = (signal?: AbortSignal) => get<Page<Flow>>('/api/flows', { limit: 1000 }, signal)
export const readFlow = (flow: string, signal?: AbortSignal) => get<Flow>(one(flow), undefined, signal)
export const readDocument = (flow: string, signal?: AbortSignal) =>
  get<Record<string, unknown>>(`${one(flow)}/document`, undefined, signal)
export const runFlow = (flow: string) => post<Run>(`${one(flow)}/run`, {})
export const listRuns = (flow: string, signal?: AbortSignal) =>
  get<Page<Run>>(`${one(flow)}/runs`, { limit: 20 }, signal)
export const readRun = (run: number, signal?: AbortSignal) => get<Run>(`/api/runs/${run}`, undefined, signal)
export const cancelRun = (run: number) => post<Run>(`/api/runs/${run}/cancel`)
export const listFailures = (flow: string, signal?: AbortSignal) =>
  get<Page<Failure>>(`${one(flow)}/failures`, { status: 'open', limit: 200 }, signal)
export const editFailure = (flow: string, failure: number, data: unknown) =>
  patch<Failure>(`${one(flow)}/failures/${failure}`, { data })
export const retryFailures = (flow: string, ids: number[]) => post<Run>(`${one(flow)}/failures/retry`, { ids })
export const resolveFailures = (flow: string, ids: number[]) =>
  post<{ resolved: number }>(`${one(flow)}/failures/resolve`, { ids })
