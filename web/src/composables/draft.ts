/** Keeps what somebody typed through a lost connection or a reload, until it is saved or given up. */
import { ref, watch, type Ref } from 'vue'

function read<T>(key: string): T | null {
  try {
    const text = sessionStorage.getItem(key)
    return text === null ? null : (JSON.parse(text) as T)
  } catch {
    return null
  }
}

export interface Draft<T> {
  value: Ref<T>
  wasKept: boolean
  forget: () => void
}

export function useDraft<T extends object>(name: string, initial: T): Draft<T> {
  const key = `draft:${name}`
  const kept = read<T>(key)
  const value = ref(kept ?? initial) as Ref<T>
  watch(value, (now) => sessionStorage.setItem(key, JSON.stringify(now)), { deep: true })
  return { value, wasKept: kept !== null, forget: () => sessionStorage.removeItem(key) }
}
