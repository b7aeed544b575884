/** What people call a record. */
import type { Module, Stored } from '@/api/types'
import { t } from '@/texts/en'
import { isBlank, valueText } from './kinds/text'
import { labelField } from './modules'

export function recordLabel(module: Module | null, record: Stored): string {
  const field = module ? labelField(module) : null
  const value = field ? record.values[field.name] : undefined
  if (!field || isBlank(value) || field.kind === 'Record') return t.record.notThere(record.id)
  return valueText(field, value)
}
