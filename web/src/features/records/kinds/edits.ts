/** The control that edits each field kind; several values have their own. */
import type { Component } from 'vue'
import type { Field, FieldKind } from '@/api/types'
import BoolEdit from './BoolEdit.vue'
import ChipsEdit from './ChipsEdit.vue'
import ManyChoicesEdit from './ManyChoicesEdit.vue'
import NumberEdit from './NumberEdit.vue'
import ReferenceEdit from './ReferenceEdit.vue'
import SelectEdit from './SelectEdit.vue'
import StateEdit from './StateEdit.vue'
import StringEdit from './StringEdit.vue'
import TextEdit from './TextEdit.vue'
import TimeEdit from './TimeEdit.vue'

const one: Record<FieldKind, Component> = {
  String: StringEdit,
  Text: TextEdit,
  Number: NumberEdit,
  Bool: BoolEdit,
  DateTime: TimeEdit,
  Select: SelectEdit,
  Record: ReferenceEdit,
  State: StateEdit,
}

const many: Partial<Record<FieldKind, Component>> = { String: ChipsEdit, Select: ManyChoicesEdit }

export function editOf(field: Field): Component {
  return (field.multi && many[field.kind]) || (one[field.kind] ?? StringEdit)
}

/** Whether the control is several controls, so that a label cannot point to one of them. */
export const isGroupEdit = (field: Field): boolean => field.kind === 'Select' && Boolean(field.multi)
