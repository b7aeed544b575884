/** What a module can be grouped and measured by, and the groups as bars. */
import { computed, type Ref } from 'vue'
import { aggregate } from '@/api/records'
import type { Field, Group, Module, Value } from '@/api/types'
import { session } from '@/app/session'
import { useAddress } from '@/composables/address'
import { formatDecimal } from '@/composables/format'
import { useResource } from '@/composables/resource'
import { t } from '@/texts/en'
import { valueText } from '../kinds/text'
import { fieldLabel } from '../modules'
import { bucketText } from './buckets'
import { namesOf } from './references'

export const SHOWN = 20
const FIRST = ['State', 'Select', 'Record', 'Bool', 'DateTime', 'String', 'Number']

export interface Bar {
  label: string
  value: number
  text: string
}

export function groupFields(module: Module): Field[] {
  const may = module.fields.filter((field) => field.kind !== 'Text' && !field.multi)
  return [...may].sort((a, b) => FIRST.indexOf(a.kind) - FIRST.indexOf(b.kind))
}

export function useGroups(module: Ref<Module>) {
  const group = useAddress('group', groupFields(module.value)[0]?.name ?? '')
  const bucket = useAddress('per', 'month')
  const measure = useAddress('measure', 'count')
  const filter = useAddress('filter')

  const field = computed(() => module.value.fields.find((one) => one.name === group.value) ?? null)
  const isTime = computed(() => field.value?.kind === 'DateTime')
  const sums = computed(() => module.value.fields.filter((one) => one.kind === 'Number' && !one.multi))

  const measureText = computed(() => {
    const [kind, name] = measure.value.split(':')
    const one = sums.value.find((sum) => sum.name === name)
    if (!one) return t.chart.count
    return kind === 'avg' ? t.chart.avg(fieldLabel(one)) : t.chart.sum(fieldLabel(one))
  })

  const resource = useResource(
    async (signal) => {
      const [of, by, words] = [field.value, measure.value, measureText.value]
      if (!of) return { bars: [] as Bar[], all: 0, isTime: false, measure: '', group: '' }
      const query = {
        group_by: isTime.value ? `${group.value}:${bucket.value}` : group.value,
        measures: measure.value,
        filter: filter.value || undefined,
        sort: isTime.value ? 'key' : undefined,
        time_zone: isTime.value ? session.person?.time_zone : undefined,
      }
      const { groups } = await aggregate(module.value.handle, query, signal)
      const shown = isTime.value ? groups.slice(-SHOWN * 2) : groups.slice(0, SHOWN)
      const names = await namesOf(of, shown, signal)
      const bars = shown.map((one) => toBar(of, one, names, by))
      return { bars, all: groups.length, isTime: of.kind === 'DateTime', measure: words, group: fieldLabel(of) }
    },
    [group, bucket, measure, filter],
  )

  function toBar(of: Field, one: Group, names: Map<number, string>, by: string): Bar {
    const key = one.key[0] ?? null
    const raw = one.values[by] ?? 0
    return { label: keyText(of, key, names), value: Number(raw), text: formatDecimal(raw) }
  }

  function keyText(of: Field, key: Value, names: Map<number, string>): string {
    if (key === null || key === '') return t.chart.empty
    if (of.kind === 'Record') return names.get(Number(key)) ?? t.record.notThere(String(key))
    return of.kind === 'DateTime' ? bucketText(String(key), bucket.value) : valueText(of, key)
  }

  return { group, bucket, measure, isTime, sums, resource }
}
