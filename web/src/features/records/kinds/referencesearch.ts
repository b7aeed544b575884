/** Finds records of a referenced module by what is typed, and knows the label of the chosen one. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { listRecords, readRecord } from '@/api/records'
import type { Field, Stored } from '@/api/types'
import { t } from '@/texts/en'
import { recordLabel } from '../labels'
import { findModule } from '../modules'

const WAIT_MS = 150
const SHOWN = 20

export function useReferenceSearch(field: Ref<Field>, value: Ref<number | null>) {
  const text = ref('')
  const isOpen = ref(false)
  const found = shallowRef<Stored[]>([])
  const known = shallowRef(new Map<number, string>())
  /** Counts the labels that came late: the input then has to show its value anew. */
  const round = ref(0)
  const target = computed(() => findModule(field.value.module))

  function remember(records: Stored[]): void {
    const more = new Map(known.value)
    for (const record of records) more.set(record.id, recordLabel(target.value, record))
    known.value = more
  }

  async function find(signal: AbortSignal): Promise<void> {
    if (!target.value) return
    const query = { search: text.value.trim() || undefined, limit: SHOWN, sort: target.value.label_field ?? undefined }
    const { items } = await listRecords(target.value.handle, query, signal)
    remember(items)
    found.value = items
  }

  watch([text, isOpen], (_now, _before, onCleanup) => {
    if (!isOpen.value) return
    const abort = new AbortController()
    const timer = setTimeout(() => void find(abort.signal).catch(() => (found.value = [])), text.value ? WAIT_MS : 0)
    onCleanup(() => {
      clearTimeout(timer)
      abort.abort()
    })
  })
  watch(isOpen, (open) => {
    if (!open) text.value = ''
  })
  watch(
    [value, target],
    async ([id]) => {
      if (!id || !target.value || known.value.has(id)) return
      const record = await readRecord(target.value.handle, id).catch(() => null)
      if (!record) return
      remember([record])
      round.value += 1
    },
    { immediate: true },
  )

  const labelOf = (id: unknown): string =>
    typeof id === 'number' ? (known.value.get(id) ?? t.record.notThere(id)) : ''
  const hits = computed(() => found.value.map((record) => ({ id: record.id, label: labelOf(record.id) })))
  return { text, isOpen, hits, target, labelOf, round }
}
