/** Records: one, many, their history and their sums. */
import { get, patch, post, remove } from './client'
import type { Group, HistoryEntry, Page, Stored, Values } from './types'

export interface ListQuery {
  filter?: string
  sort?: string
  search?: string
  expand?: string
  fields?: string
  limit?: number
  offset?: number
  cursor?: string
  total?: 'none' | 'exact' | 'capped'
}

const path = (module: string, id?: number) => `/api/modules/${module}/records${id === undefined ? '' : `/${id}`}`

export const listRecords = (module: string, query: ListQuery, signal?: AbortSignal) =>
  get<Page<Stored>>(path(module), { ...query }, signal)
export const readRecord = (module: string, id: number, expand?: string, signal?: AbortSignal) =>
  get<Stored>(path(module, id), { expand }, signal)
export const createRecord = (module: string, values: Values, idempotencyKey: string) =>
  post<Stored>(path(module), { values }, { idempotencyKey })
export const updateRecord = (module: string, id: number, values: Values, ifMatch?: number) =>
  patch<Stored>(path(module, id), { values }, ifMatch)
export const deleteRecord = (module: string, id: number) => remove(path(module, id))
export const restoreRecord = (module: string, id: number) => post<Stored>(`${path(module, id)}/restore`)
export const readHistory = (module: string, id: number, cursor?: string, signal?: AbortSignal) =>
  get<Page<HistoryEntry>>(`${path(module, id)}/history`, { limit: 50, cursor }, signal)

export interface AggregateQuery {
  group_by: string
  measures: string
  filter?: string
  time_zone?: string
  sort?: string
  limit?: number
}

export const aggregate = (module: string, query: AggregateQuery, signal?: AbortSignal) =>
  get<{ groups: Group[] }>(`/api/modules/${module}/aggregate`, { ...query }, signal)
