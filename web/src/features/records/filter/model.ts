/** A filter as rows of conditions, and its native form (wire/native.md 3.1); what rows cannot say stays text. */
import type { Field, Value } from '@/api/types'

export type Operand = 'none' | 'one' | 'two' | 'many' | 'count'

export interface Row {
  field: string
  operator: string
  value: Value | number[]
}

export interface Rows {
  mode: 'all' | 'any'
  rows: Row[]
}

const BLANK = ['empty', 'not_empty']
const TEXT = ['contains', 'eq', 'ne', 'starts_with', 'ends_with', 'in', 'not_in', ...BLANK]
const ORDER = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'in', 'not_in', ...BLANK]
const CHOICE = ['eq', 'ne', 'in', 'not_in', ...BLANK]
const MANY = ['has', 'has_any', 'has_all', ...BLANK]
const WINDOWS = [
  'today',
  'yesterday',
  'tomorrow',
  'this_week',
  'last_week',
  'next_week',
  'this_month',
  'last_month',
  'next_month',
  'this_quarter',
  'last_quarter',
  'this_year',
  'last_year',
]
const COUNTED = ['last_n_days', 'last_n_weeks', 'last_n_months', 'next_n_days', 'next_n_weeks', 'next_n_months']
const TIME = ['on', 'before', 'after', 'between', ...WINDOWS, ...COUNTED, ...BLANK]

const byKind: Record<string, string[]> = {
  String: TEXT,
  Text: TEXT,
  Number: ORDER,
  Bool: ['eq', ...BLANK],
  DateTime: TIME,
  Select: CHOICE,
  State: CHOICE,
  Record: ['eq', 'ne', ...BLANK],
}

export const operatorsOf = (field: Field): string[] => (field.multi ? MANY : (byKind[field.kind] ?? TEXT))

export function operandOf(operator: string): Operand {
  if (BLANK.includes(operator) || WINDOWS.includes(operator)) return 'none'
  if (COUNTED.includes(operator)) return 'count'
  if (operator === 'between') return 'two'
  return ['in', 'not_in', 'has_any', 'has_all'].includes(operator) ? 'many' : 'one'
}

function isFilled(value: Row['value']): boolean {
  return (
    value !== null && value !== '' && !(Array.isArray(value) && (value.length === 0 || value.some((one) => one === '')))
  )
}

export function isComplete(row: Row): boolean {
  const operand = operandOf(row.operator)
  if (operand === 'none') return true
  if (operand === 'two') return Array.isArray(row.value) && row.value.length === 2 && isFilled(row.value)
  return isFilled(row.value)
}

function condition(row: Row): unknown[] {
  return operandOf(row.operator) === 'none' ? [row.field, row.operator] : [row.field, row.operator, row.value]
}

/** The native filter of the complete rows, or null when there is none. */
export function toFilter({ mode, rows }: Rows): unknown {
  const conditions = rows.filter(isComplete).map(condition)
  if (conditions.length === 0) return null
  if (conditions.length === 1) return conditions[0]
  return mode === 'any' ? { or: conditions } : { and: conditions }
}

function toRow(part: unknown): Row | null {
  if (!Array.isArray(part) || typeof part[0] !== 'string' || typeof part[1] !== 'string') return null
  return { field: part[0], operator: part[1], value: (part[2] ?? null) as Row['value'] }
}

function listOf(filter: unknown): { mode: Rows['mode']; parts: unknown[] } {
  if (typeof filter === 'object' && filter !== null) {
    if ('and' in filter && Array.isArray(filter.and)) return { mode: 'all', parts: filter.and }
    if ('or' in filter && Array.isArray(filter.or)) return { mode: 'any', parts: filter.or }
  }
  return { mode: 'all', parts: [filter] }
}

/** The rows of a flat filter; null when it nests, and only text can show it. */
export function fromFilter(filter: unknown): Rows | null {
  if (filter === null || filter === undefined) return { mode: 'all', rows: [] }
  const { mode, parts } = listOf(filter)
  const rows = parts.map(toRow)
  return rows.every((row) => row !== null) ? { mode, rows } : null
}
