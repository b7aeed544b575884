/** The part of a long list that is in sight: pages are fetched as they scroll in, so that 200,000 records feel local. */
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { asApiError, type ApiError } from '@/api/problem'
import { listRecords, type ListQuery } from '@/api/records'
import type { Page, Stored } from '@/api/types'

const PAGE = 100
/** Pages kept in memory; those farthest from what is in sight are given back. */
const KEPT = 40
const SLOW_MS = 200
/** A dragged scroll bar passes many pages; only where it rests is worth a request. */
const REST_MS = 50

export interface Sight {
  first: number
  last: number
}

export interface RecordWindow {
  total: Ref<number | null>
  error: Ref<ApiError | null>
  isSlow: Ref<boolean>
  isStale: Ref<boolean>
  at: (index: number) => Stored | undefined
  reload: () => Promise<void>
}

export function useRecordWindow(module: Ref<string>, query: Ref<ListQuery>, sight: Ref<Sight>): RecordWindow {
  const pages = shallowRef(new Map<number, Stored[]>())
  const running = new Map<number, AbortController>()
  const total = ref<number | null>(null)
  const error = shallowRef<ApiError | null>(null)
  const isSlow = ref(false)

  function inSight(): number[] {
    const start = Math.floor(Math.max(0, sight.value.first) / PAGE)
    const end = Math.floor(Math.min(sight.value.last, (total.value ?? 1) - 1) / PAGE)
    return Array.from({ length: Math.max(1, end - start + 1) }, (_none, at) => start + at)
  }

  function stop(isUnwanted: (page: number) => boolean = () => true): void {
    for (const [page, one] of running) {
      if (!isUnwanted(page)) continue
      running.delete(page)
      one.abort()
    }
  }

  /** The answer, or null when it came too late to matter or was refused. */
  async function fetchPage(page: number, wantsTotal: boolean): Promise<Page<Stored> | null> {
    const mine = new AbortController()
    running.set(page, mine)
    const slow = setTimeout(() => (isSlow.value = running.size > 0), SLOW_MS)
    try {
      const part = { ...query.value, offset: page * PAGE, limit: PAGE, total: wantsTotal ? 'exact' : 'none' } as const
      const answer = await listRecords(module.value, part, mine.signal)
      if (running.get(page) !== mine) return null
      error.value = null
      return answer
    } catch (fault) {
      if (running.get(page) === mine) error.value = asApiError(fault)
      return null
    } finally {
      clearTimeout(slow)
      if (running.get(page) === mine) running.delete(page)
      if (running.size === 0) isSlow.value = false
    }
  }

  async function add(page: number): Promise<void> {
    const answer = await fetchPage(page, false)
    if (!answer) return
    const next = new Map(pages.value).set(page, answer.items)
    const middle = (sight.value.first + sight.value.last) / 2 / PAGE
    const far = [...next.keys()].sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle)).slice(KEPT)
    for (const one of far) next.delete(one)
    pages.value = next
  }

  /** Fetch these pages with the total and forget all others; what is shown stays until the answers are there. */
  async function replace(wanted: number[]): Promise<void> {
    stop()
    const answers = await Promise.all(wanted.map((page, at) => fetchPage(page, at === 0)))
    const next = new Map<number, Stored[]>()
    answers.forEach((answer, at) => answer && next.set(wanted[at] ?? 0, answer.items))
    if (next.size === 0) return
    total.value = answers[0]?.total ?? total.value
    pages.value = next
  }

  watch(
    [module, () => JSON.stringify(query.value)],
    ([now], [before]) => {
      if (now !== before) {
        pages.value = new Map()
        total.value = null
      }
      error.value = null
      void replace([0])
    },
    { immediate: true },
  )
  watch(sight, (_now, _before, onCleanup) => {
    if (total.value === null) return
    const wanted = inSight()
    stop((page) => page !== 0 && !wanted.includes(page))
    const missing = wanted.filter((page) => !pages.value.has(page) && !running.has(page))
    const timer = setTimeout(() => missing.forEach((page) => void add(page)), REST_MS)
    onCleanup(() => clearTimeout(timer))
  })
  onScopeDispose(stop)

  return {
    total,
    error,
    isSlow,
    isStale: computed(() => error.value !== null && total.value !== null),
    at: (index) => pages.value.get(Math.floor(index / PAGE))?.[index % PAGE],
    reload: () => replace(inSight()),
  }
}
