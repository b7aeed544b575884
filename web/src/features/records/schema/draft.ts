/** A field while it is being described, and the body that the API wants. */
import type { Choice, Field, FieldDraft, FieldKind, Transition } from '@/api/types'

export interface FieldForm {
  name: string
  label: string
  kind: FieldKind
  help: string
  required: boolean
  unique: boolean
  indexed: boolean
  multi: boolean
  scale: number
  options: string
  states: string
  initial: string
  transitions: string
  module: string
  /** Whether the name still follows the label. */
  isNameFree: boolean
}

export function emptyForm(): FieldForm {
  return {
    name: '',
    label: '',
    kind: 'String',
    help: '',
    required: false,
    unique: false,
    indexed: false,
    multi: false,
    scale: 0,
    options: '',
    states: '',
    initial: '',
    transitions: '',
    module: '',
    isNameFree: true,
  }
}

/** `Ready to pay` as a name: `ready_to_pay`. */
export function nameFrom(label: string): string {
  const plain = label
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
  return plain
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 63)
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}

function toChoice(line: string): Choice {
  const at = line.indexOf('=')
  if (at < 0) return { value: line, label: line }
  return { value: line.slice(0, at).trim(), label: line.slice(at + 1).trim() }
}

function toMove(line: string): Transition {
  const [from = '', to = ''] = line.split('>').map((part) => part.trim())
  return { from, to }
}

const fromChoice = ({ value, label }: Choice): string => (value === label ? value : `${value} = ${label}`)

export function formOf(field: Field, module: string): FieldForm {
  return {
    ...emptyForm(),
    name: field.name,
    label: field.label ?? '',
    kind: field.kind,
    help: field.help ?? '',
    required: Boolean(field.required),
    unique: Boolean(field.unique),
    indexed: Boolean(field.indexed),
    multi: Boolean(field.multi),
    scale: field.scale ?? 0,
    options: (field.options ?? []).map(fromChoice).join('\n'),
    states: (field.states ?? []).map(fromChoice).join('\n'),
    initial: field.initial ?? '',
    transitions: (field.transitions ?? []).map((move) => `${move.from} > ${move.to}`).join('\n'),
    module,
    isNameFree: false,
  }
}

/** Only what the kind has; the kind itself only for a new field. */
export function toDraft(form: FieldForm): FieldDraft {
  const draft: FieldDraft = {
    name: form.name,
    kind: form.kind,
    label: form.label || form.name,
    help: form.help,
    required: form.required,
    unique: form.unique,
    indexed: form.indexed,
  }
  if (mayBeMany(form.kind)) draft.multi = form.multi
  if (form.kind === 'Number') draft.scale = form.scale
  if (form.kind === 'Select') draft.options = lines(form.options).map(toChoice)
  if (form.kind === 'Record') draft.module = form.module
  if (form.kind === 'State') Object.assign(draft, stateDraft(form))
  return draft
}

function stateDraft(form: FieldForm): Partial<FieldDraft> {
  const states = lines(form.states).map(toChoice)
  const transitions = lines(form.transitions).map(toMove)
  return { states, initial: form.initial || states[0]?.value, transitions }
}

export const mayBeMany = (kind: FieldKind): boolean => kind === 'String' || kind === 'Select'
export const mayBeUnique = (form: FieldForm): boolean =>
  !form.multi && ['String', 'Number', 'DateTime', 'Record'].includes(form.kind)
