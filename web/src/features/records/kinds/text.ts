/** A value as plain text: in tables, in chart labels, in the history. */
import type { Choice, Field, Value } from '@/api/types'
import { formatDecimal, formatTime } from '@/composables/format'
import { t } from '@/texts/en'

export function isBlank(value: Value | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

export function choices(field: Pick<Field, 'options' | 'states'>): Choice[] {
  return field.states ?? field.options ?? []
}

export function choiceLabel(field: Pick<Field, 'options' | 'states'>, value: Value): string {
  return choices(field).find((choice) => choice.value === value)?.label ?? String(value)
}

const writers: Record<string, (field: Field, value: Value) => string> = {
  Number: (_field, value) => formatDecimal(value as string | number),
  Bool: (_field, value) => (value ? t.yes : t.no),
  DateTime: (_field, value) => formatTime(String(value)),
  Select: choiceLabel,
  State: choiceLabel,
}

/** Empty text for no value; several values are joined by commas. */
export function valueText(field: Field, value: Value | undefined): string {
  if (isBlank(value)) return ''
  if (Array.isArray(value)) return value.map((one) => valueText({ ...field, multi: false }, one)).join(', ')
  return (writers[field.kind] ?? ((_field, one) => String(one)))(field, value as Value)
}
