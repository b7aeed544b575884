/** Applications as the team sees them, and the page of their recipient. */
import { get, patch, post } from './client'
import type { Page } from './types'
import { upload, type Upload } from './upload'

export interface UploadedFile {
  id: number
  name: string
  size: number
  created_at?: string
}

export interface Rejection {
  reason: string
  at: string
  by?: string
}

export interface Item {
  id: number
  step: string | null
  kind: string
  title: string
  description: string | null
  mandatory: boolean
  accept: string[]
  max_size_mb: number
  multiple: boolean
  statement: string | null
  state: 'missing' | 'pending_review' | 'approved' | 'rejected'
  last_rejection: Rejection | null
  uploads: UploadedFile[]
  comment: string | null
}

export interface Application {
  id: number
  title: string
  status: string
  reason: string | null
  is_late: boolean
  progress_percentage: number
  count_eligible_items: number
  count_missing_items: number
  public_url: string | null
  contact: { id: number; email: string; full_name: string }
  template: { id: number; title: string }
  dossier_items: Item[]
  external_id: string | null
  custom: unknown
  record_id: number | null
  due_at: string | null
  created_at: string
  updated_at: string
  history?: { at: string; actor: unknown; from: string | null; to: string; reason: string | null }[]
}

export interface PortalPage {
  title: string
  status: string
  reason: string | null
  recipient: string
  due_at: string | null
  is_late: boolean
  progress_percentage: number
  count_eligible_items: number
  count_missing_items: number
  may_submit: boolean
  items: Item[]
  submitted_at: string | null
}

export type Decision = 'approve' | 'reject' | 'return'
const one = (id: number) => `/api/applications/${id}`
const portal = (token: string) => `/api/portal/${encodeURIComponent(token)}`

export const listApplications = (status: string, cursor?: string, signal?: AbortSignal) =>
  get<Page<Application>>('/api/applications', { status, cursor }, signal)
export const readApplication = (id: number, signal?: AbortSignal) => get<Application>(one(id), undefined, signal)
export const decide = (id: number, decision: Decision, reason: string) =>
  post<Application>(`${one(id)}/${decision}`, reason ? { reason } : {})
export const reviewItem = (id: number, item: number, act: 'approve' | 'reject', reason: string) =>
  post<Application>(`${one(id)}/items/${item}/${act}`, reason ? { reason } : {})
export const uploadAddress = (id: number, file: number) => `${one(id)}/uploads/${file}`

export const readPortal = (token: string, signal?: AbortSignal) => get<PortalPage>(portal(token), undefined, signal)
export const giveAnswer = (token: string, item: number, accepted: boolean) =>
  patch<PortalPage>(`${portal(token)}/items/${item}`, { accepted })
export const submitPortal = (token: string) => post<PortalPage>(`${portal(token)}/submit`)
export const withdrawPortal = (token: string) => post<PortalPage>(`${portal(token)}/withdraw`, { reason: '' })

export function giveFile(
  token: string,
  item: number,
  file: File,
  onProgress: (share: number) => void,
): Upload<PortalPage> {
  const form = new FormData()
  form.append('file', file)
  return upload<PortalPage>(`${portal(token)}/items/${item}/files`, form, onProgress)
}
