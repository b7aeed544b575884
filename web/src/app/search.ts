/** What Ctrl/Cmd-K finds: places and modules at once, then what the server knows. */
import { computed, ref, shallowRef, watch } from 'vue'
import { search } from '@/api/jobs'
import { ApiError, asApiError } from '@/api/problem'
import type { SearchHit } from '@/api/types'
import { modules } from '@/features/records/modules'
import { t } from '@/texts/en'
import { footPlaces, places } from './places'

export interface Hit {
  key: string
  title: string
  subtitle: string
  to: string
}

const WAIT_MS = 120

function addressOf(hit: SearchHit): string {
  const known: Record<string, string> = {
    flow: '/flows/',
    job: '/jobs/',
    application: '/applications/',
    alert: '/alerts/',
    module: '/records/',
  }
  const start = known[hit.type]
  return hit.url || (start ? start + hit.id : '/')
}

const commands = (): Hit[] => [
  ...[...places, ...footPlaces].map((place) => ({
    key: place.to,
    title: place.text,
    subtitle: t.search.place,
    to: place.to,
  })),
  { key: 'new-module', title: t.modules.create, subtitle: t.search.command, to: '/records/new-module' },
  { key: 'new-alert', title: t.alerts.create, subtitle: t.search.command, to: '/alerts/new' },
  { key: 'new-token', title: t.tokens.create, subtitle: t.search.command, to: '/settings/tokens' },
]

export function useSearch() {
  const text = ref('')
  const found = shallowRef<SearchHit[]>([])
  const error = shallowRef<ApiError | null>(null)
  let running: AbortController | null = null

  async function ask(q: string): Promise<void> {
    const mine = (running = new AbortController())
    try {
      const { items } = await search(q, mine.signal)
      if (mine === running) {
        found.value = items
        error.value = null
      }
    } catch (fault) {
      if (mine === running) error.value = asApiError(fault)
    }
  }

  watch(text, (now, _before, onCleanup) => {
    running?.abort()
    running = null
    const q = now.trim()
    if (!q) {
      found.value = []
      return
    }
    const timer = setTimeout(() => void ask(q), WAIT_MS)
    onCleanup(() => clearTimeout(timer))
  })

  const local = computed(() => {
    const wanted = text.value.trim().toLowerCase()
    const own = modules.value.map((one) => ({
      key: `m${one.id}`,
      title: one.name,
      subtitle: t.search.types.module ?? '',
      to: `/records/${one.handle}`,
    }))
    return [...own, ...commands()].filter((hit) => hit.title.toLowerCase().includes(wanted)).slice(0, wanted ? 6 : 20)
  })

  const hits = computed<Hit[]>(() => {
    const remote = found.value.map((hit) => ({
      key: `${hit.type}${hit.id}`,
      title: hit.title,
      subtitle: [t.search.types[hit.type] ?? hit.type, hit.subtitle].filter(Boolean).join(' · '),
      to: addressOf(hit),
    }))
    const taken = new Set(local.value.map((hit) => hit.to))
    return [...local.value, ...remote.filter((hit) => !taken.has(hit.to))]
  })

  return { text, hits, error }
}
