/** Shows a value of any field kind, read only; the same in tables, panels and the history. */
import { Check, Minus } from '@lucide/vue'
import { h, type FunctionalComponent, type VNode } from 'vue'
import { RouterLink } from 'vue-router'
import type { Field, Stored, Value } from '@/api/types'
import { t } from '@/texts/en'
import Badge from '@/ui/Badge.vue'
import { recordLabel } from '../labels'
import { findModule } from '../modules'
import { choiceLabel, isBlank, valueText } from './text'

interface Props {
  field: Field
  value: Value | undefined
  /** The record that a reference points to, when it came along. */
  expanded?: Stored | null
  /** Whether references are links. */
  isLinked?: boolean
}

type Show = (props: Props, value: Value) => VNode | string

const badge = (text: string): VNode => h(Badge, { class: 'cut' }, () => text)

function reference({ field, expanded, isLinked }: Props, value: Value): VNode {
  const target = findModule(field.module)
  const name = expanded ? recordLabel(target, expanded) : t.record.notThere(String(value))
  const text = expanded?.deleted_at ? `${name} (${t.record.deletedRef})` : name
  if (!isLinked || !target) return h('span', { title: text }, text)
  return h(RouterLink, { to: `/records/${target.handle}/${String(value)}` }, () => text)
}

const shows: Partial<Record<string, Show>> = {
  Bool: (_props, value) => h('span', { class: 'row' }, [h(value ? Check : Minus), h('span', value ? t.yes : t.no)]),
  Select: ({ field }, value) =>
    h(
      'span',
      { class: 'row' },
      [value].flat().map((one) => badge(choiceLabel(field, one))),
    ),
  State: ({ field }, value) => badge(choiceLabel(field, value)),
  Record: reference,
}

export const FieldValue: FunctionalComponent<Props> = (props) => {
  const { field, value } = props
  if (isBlank(value)) return h('span')
  const show = shows[field.kind]
  if (show) return show(props, value as Value)
  const text = valueText(field, value)
  return h('span', { class: field.kind === 'Number' ? 'number' : undefined, title: text }, text)
}

FieldValue.props = { field: null, value: null, expanded: null, isLinked: Boolean }
