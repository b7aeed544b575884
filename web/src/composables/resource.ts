/** Loads something for a view and keeps its four states: loading, loaded, failed, and loaded but stale. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue'
import { asApiError, type ApiError } from '@/api/problem'

const SLOW_MS = 200

export interface Resource<T> {
  data: ShallowRef<T | null>
  error: ShallowRef<ApiError | null>
  isLoading: Ref<boolean>
  isSlow: Ref<boolean>
  reload: () => Promise<void>
}

/**
 * Load at once and again whenever a source changes; what is shown stays until the answer is there, so nothing jumps.
 * A reload that fails leaves the old data and sets the error, which the view marks as stale; when a changed source
 * fails, the old data answers another question and goes.
 */
export function useResource<T>(load: (signal: AbortSignal) => Promise<T>, sources: WatchSource[] = []): Resource<T> {
  const data = shallowRef<T | null>(null) as ShallowRef<T | null>
  const error = shallowRef<ApiError | null>(null)
  const isLoading = ref(false)
  const isSlow = ref(false)
  let running: AbortController | null = null
  let isOther = false

  async function reload(): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    isLoading.value = true
    const timer = setTimeout(() => (isSlow.value = mine === running), SLOW_MS)
    try {
      const loaded = await load(mine.signal)
      if (mine !== running) return
      data.value = loaded
      error.value = null
      isOther = false
    } catch (fault) {
      if (mine !== running) return
      if (isOther) data.value = null
      error.value = asApiError(fault)
    } finally {
      clearTimeout(timer)
      if (mine === running) isLoading.value = isSlow.value = false
    }
  }

  watch(
    sources,
    () => {
      isOther = true
      void reload()
    },
    { flush: 'sync' },
  )
  onScopeDispose(() => {
    running?.abort()
    running = null
  })
  void reload()
  return { data, error, isLoading, isSlow, reload }
}
