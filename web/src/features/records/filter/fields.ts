/** What can stand at the left of a condition: own fields, system names, and fields of referenced records. */
import type { Field, Module } from '@/api/types'
import { t } from '@/texts/en'
import { fieldLabel, findModule, references } from '../modules'

export interface FilterField {
  path: string
  text: string
  field: Field
}

const system = (name: string, kind: Field['kind']): FilterField => {
  const label = t.filter.system[name] ?? name
  return { path: name, text: label, field: { id: 0, name, kind, label } }
}

export function filterFields(module: Module): FilterField[] {
  const own = module.fields.map((field) => ({ path: field.name, text: fieldLabel(field), field }))
  const hop = references(module).flatMap((reference) =>
    (findModule(reference.module)?.fields ?? [])
      .filter((field) => field.kind !== 'Record')
      .map((field) => ({
        path: `${reference.name}.${field.name}`,
        text: `${fieldLabel(reference)} › ${fieldLabel(field)}`,
        field,
      })),
  )
  return [...own, system('created_at', 'DateTime'), system('updated_at', 'DateTime'), system('id', 'Number'), ...hop]
}
