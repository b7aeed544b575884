/** Alerts and their queues. */
import { get, patch, post, remove } from './client'
import type { Alert, AlertChange, AlertDraft, Page } from './types'

export const listAlerts = (signal?: AbortSignal) => get<Page<Alert>>('/api/alerts', { limit: 1000 }, signal)
export const readAlert = (id: number, signal?: AbortSignal) => get<Alert>(`/api/alerts/${id}`, undefined, signal)
export const createAlert = (draft: AlertDraft) => post<Alert>('/api/alerts', draft)
export const updateAlert = (id: number, change: AlertChange) => patch<Alert>(`/api/alerts/${id}`, change)
export const deleteAlert = (id: number) => remove(`/api/alerts/${id}`)
export const previewAlert = (draft: AlertChange & { module: string }, signal?: AbortSignal) =>
  post<{ count: number }>('/api/alerts/preview', draft, { signal })
