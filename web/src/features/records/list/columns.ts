/** Which columns a record list shows, how wide, and how it is sorted; all of it in the address. */
import { computed, type Ref } from 'vue'
import type { Field, Module } from '@/api/types'
import { useAddress } from '@/composables/address'
import { t } from '@/texts/en'
import { fieldLabel, labelField } from '../modules'

export interface ListColumn {
  name: string
  text: string
  field: Field | null
  width: number
  isNumber: boolean
}

const WIDTHS: Partial<Record<string, number>> = {
  Number: 132,
  Bool: 88,
  DateTime: 176,
  Select: 140,
  State: 140,
  Record: 180,
}
const SHOWN_AT_FIRST = 8

function column(field: Field, isFirst: boolean): ListColumn {
  const width = isFirst ? 240 : (WIDTHS[field.kind] ?? 190)
  return { name: field.name, text: fieldLabel(field), field, width, isNumber: field.kind === 'Number' }
}

/** The field that names the record stands first. */
export function orderedFields(module: Module): Field[] {
  const first = labelField(module)
  return first ? [first, ...module.fields.filter((field) => field !== first)] : module.fields
}

export function useColumns(module: Ref<Module>) {
  const chosen = useAddress('columns')
  const sort = useAddress('sort')

  const names = computed(() => {
    if (chosen.value) return chosen.value.split(',')
    const short = orderedFields(module.value).filter((field) => field.kind !== 'Text' && !field.multi)
    return short.slice(0, SHOWN_AT_FIRST).map((field) => field.name)
  })
  const columns = computed<ListColumn[]>(() => [
    ...orderedFields(module.value)
      .filter((field, at) => at === 0 || names.value.includes(field.name))
      .map((field, at) => column(field, at === 0)),
    { name: 'updated_at', text: t.filter.system.updated_at ?? '', field: null, width: 130, isNumber: false },
  ])

  function toggle(name: string): void {
    const all = orderedFields(module.value).map((field) => field.name)
    const next = all.filter((one) => (one === name ? !names.value.includes(one) : names.value.includes(one)))
    chosen.value = next.join(',')
  }

  /** Ascending first, then descending, then as they were made. */
  function sortBy(name: string): void {
    sort.value = sort.value === name ? `-${name}` : sort.value === `-${name}` ? '' : name
  }

  function directionOf(name: string): 'ascending' | 'descending' | 'none' {
    if (sort.value === name) return 'ascending'
    return sort.value === `-${name}` ? 'descending' : 'none'
  }

  return { columns, names, toggle, sort, sortBy, directionOf }
}
