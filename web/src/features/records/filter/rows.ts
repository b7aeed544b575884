/** The rows that somebody edits, kept in step with the filter they make. */
import { reactive, ref, toRaw, watch, type Ref } from 'vue'
import type { FilterField } from './fields'
import { fromFilter, operandOf, operatorsOf, toFilter, type Row, type Rows } from './model'

export function useFilterRows(filter: Ref<unknown>, fields: Ref<FilterField[]>) {
  const state = reactive<Rows>({ mode: 'all', rows: [] })
  const isText = ref(false)
  const text = ref('')
  const isBadText = ref(false)
  let last = JSON.stringify(null)

  function read(value: unknown): void {
    last = JSON.stringify(value ?? null)
    text.value = value ? JSON.stringify(value, null, 2) : ''
    const rows = fromFilter(value)
    const areKnown = rows?.rows.every((row) => fields.value.some((one) => one.path === row.field)) ?? false
    isText.value = !areKnown
    if (rows && areKnown) Object.assign(state, rows)
  }

  function write(value: unknown): void {
    const now = JSON.stringify(value)
    if (now === last) return
    last = now
    text.value = value ? JSON.stringify(value, null, 2) : ''
    filter.value = value
  }

  function readText(typed: string): void {
    text.value = typed
    try {
      const value: unknown = typed.trim() ? JSON.parse(typed) : null
      isBadText.value = false
      last = JSON.stringify(value)
      filter.value = value
    } catch {
      isBadText.value = true
    }
  }

  function add(): void {
    const first = fields.value[0]
    if (first) state.rows.push({ field: first.path, operator: operatorsOf(first.field)[0] ?? 'eq', value: null })
  }

  const fieldOf = (row: Row): FilterField | undefined => fields.value.find((one) => one.path === row.field)

  function setField(row: Row, path: string): void {
    row.field = path
    const found = fieldOf(row)
    const operators = found ? operatorsOf(found.field) : []
    if (!operators.includes(row.operator)) row.operator = operators[0] ?? 'eq'
    row.value = null
  }

  function setOperator(row: Row, operator: string): void {
    if (operandOf(operator) !== operandOf(row.operator)) row.value = null
    row.operator = operator
  }

  function toRows(): void {
    read(filter.value)
  }

  watch(filter, (value) => JSON.stringify(value ?? null) !== last && read(value), { immediate: true })
  watch(fields, () => read(filter.value))
  watch(state, () => !isText.value && write(toFilter(structuredClone(toRaw(state)))), { deep: true })
  return { state, isText, text, isBadText, add, fieldOf, setField, setOperator, readText, toRows }
}
