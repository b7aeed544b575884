/** The shapes that the views use: those of the OpenAPI document, made narrower where it cannot say enough. */
import type { components } from './schema'

type Schemas = components['schemas']

export interface Page<T> {
  items: T[]
  next_cursor: string | null
  total?: number | null
  total_is_capped?: boolean
}

export type FieldKind = Schemas['FieldView']['kind']

export interface Choice {
  value: string
  label: string
}

export type Transition = Schemas['Transition']
export type FieldDraft = Schemas['NewField']
export type ModuleDraft = Schemas['NewModule']
export type ModuleChange = Schemas['ModuleChange']

/** Choices come as objects with a label, whatever form they were written in. */
export interface Field extends Omit<Schemas['FieldView'], 'options' | 'states'> {
  options?: Choice[]
  states?: Choice[]
}

export interface Module extends Omit<Schemas['ModuleView'], 'fields'> {
  fields: Field[]
}

export type Value = string | number | boolean | null | string[]
export type Values = Record<string, Value | undefined>

export interface Stored extends Omit<Schemas['RecordView'], 'values' | 'expanded' | 'deleted_at'> {
  values: Values
  deleted_at?: string | null
  expanded?: Record<string, Stored | null>
}

export type ActorRef = Schemas['ChangeActor']

export interface HistoryEntry extends Omit<Schemas['ChangeView'], 'changes'> {
  changes: Record<string, { before: Value; after: Value }>
}

export interface Group {
  key: (string | number | boolean | null)[]
  values: Record<string, number | string | null>
}

export type JobStatus = 'queued' | 'running' | 'ok' | 'error' | 'cancelled'

export interface Job extends Omit<Schemas['JobView'], 'status'> {
  status: JobStatus
}

export type LogLine = Schemas['LogView']

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
  file_name: string
  rows_read: number
  created: number
  updated: number
  skipped: number
  rejected: number
  bytes_done: number
  bytes_total: number | null
  created_at: string
  started_at: string | null
  finished_at: string | null
  errors: ImportFault[]
  error: string | null
}

export type Alert = Schemas['AlertView']
export type Trigger = Alert['trigger']
export type AlertDraft = Schemas['NewAlert']
export type AlertChange = Schemas['AlertSettings']
export type Person = Schemas['Me']
export type Member = Schemas['Person']
export type Token = Schemas['TokenView']

export interface SearchHit {
  type: string
  id: number | string
  title: string
  subtitle?: string | null
  url: string
}

/** How much there is of everything that the person may see, by name. */
export type Stats = Record<string, number | undefined>
