/** The shapes of our API that the views use (wire/native.md), in one place. */
export interface Page<T> {
  items: T[]
  next_cursor: string | null
  total?: number
  total_is_capped?: boolean
}

export type FieldKind = 'String' | 'Text' | 'Number' | 'Bool' | 'DateTime' | 'Select' | 'Record' | 'State'

export interface Choice {
  value: string
  label: string
}

export interface Transition {
  from: string
  to: string
}

export interface FieldDraft {
  name: string
  kind: FieldKind
  label?: string
  required?: boolean
  unique?: boolean
  indexed?: boolean
  multi?: boolean
  help?: string
  scale?: number
  options?: (Choice | string)[]
  module?: string
  states?: Choice[]
  initial?: string
  transitions?: Transition[]
  default?: unknown
}

export interface Field extends Omit<FieldDraft, 'options' | 'module'> {
  id: number
  label: string
  options?: Choice[]
  module?: string | number
}

export interface ModuleDraft {
  handle: string
  name: string
  label_field?: string
  fields: FieldDraft[]
}

export interface Module {
  id: number
  handle: string
  name: string
  label_field: string | null
  fields: Field[]
  revision: number
  created_at: string
}

export type Value = string | number | boolean | null | string[]
export type Values = Record<string, Value | undefined>

export interface Stored {
  id: number
  revision: number
  values: Values
  created_at: string
  updated_at: string
  created_by?: number | null
  updated_by?: number | null
  owner?: number | null
  deleted_at?: string | null
  expanded?: Record<string, Stored | null>
}

export interface ActorRef {
  kind: string
  id: number
  name?: string
}

export interface HistoryEntry {
  revision: number
  op: 'create' | 'update' | 'delete' | 'restore'
  at: string
  actor: ActorRef
  changes: Record<string, { before?: Value; after?: Value }>
}

export interface Group {
  key: (string | number | boolean | null)[]
  values: Record<string, number | string | null>
}

export type JobStatus = 'queued' | 'running' | 'ok' | 'error' | 'cancelled'

export interface Job {
  id: number
  kind: string
  status: JobStatus
  run_at?: string | null
  attempts: number
  parameters?: Record<string, unknown>
  timeout_seconds?: number | null
  parent_id?: number | null
  created_at: string
  started_at?: string | null
  finished_at?: string | null
  error?: string | Record<string, unknown> | null
  result?: unknown
}

export interface LogLine {
  id: number
  at: string
  level: string
  message: string
  data?: unknown
}

export interface ImportFault {
  row: number
  column?: string | null
  code: string
  detail: string
}

export interface FileImport {
  id: number
  module: string
  status: JobStatus
  rows_read: number
  created: number
  updated: number
  skipped: number
  rejected: number
  bytes_done: number
  bytes_total: number | null
  file_name?: string
  started_at?: string | null
  finished_at?: string | null
  created_at?: string
  errors?: ImportFault[]
  error?: string | null
}

export type Trigger = 'filter' | 'state' | 'one_time_filter' | 'field'

export interface AlertDraft {
  name: string
  module: string
  trigger: Trigger
  state_field?: string | null
  states?: string[]
  field?: string | null
  filter?: unknown
  basic_filter?: unknown
  extra_fields?: string[]
  enabled?: boolean
  include_deletes?: boolean
}

export interface Alert extends AlertDraft {
  id: number
  queue_uuid: string
  queued: number
  processing: number
  created_at: string
  last_queued_at?: string | null
  last_finished_at?: string | null
}

export interface Person {
  id: number
  name: string
  email: string
  scopes: string[]
  time_zone: string
  locale?: string
}

export interface Token {
  id: number
  name: string
  scopes: string[]
  abilities?: string[]
  created_at: string
  kind?: string
  expires_at?: string | null
}

export interface SearchHit {
  type: string
  id: number | string
  title: string
  subtitle?: string | null
  url: string
}

export interface Stats {
  [name: string]: number | Record<string, number> | null | undefined
}
