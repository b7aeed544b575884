/** Runs one act of a person: busy while it runs, its refusal kept to be shown. */
import { ref, shallowRef } from 'vue'
import { asApiError, type ApiError } from '@/api/problem'

/** `run` answers whether it went well; a second call while one runs does nothing. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<void>) {
  const isBusy = ref(false)
  const error = shallowRef<ApiError | null>(null)

  async function run(...args: A): Promise<boolean> {
    if (isBusy.value) return false
    isBusy.value = true
    error.value = null
    try {
      await act(...args)
      return true
    } catch (fault) {
      error.value = asApiError(fault)
      return false
    } finally {
      isBusy.value = false
    }
  }

  return { isBusy, error, run }
}
