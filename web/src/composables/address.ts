/** Reads and writes parts of the page's address, so that every view is a link. */
import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** One query parameter as a value; empty takes it away. Changes replace the entry of the history. */
export function useAddress(name: string, fallback = ''): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get() {
      const value = route.query[name]
      return typeof value === 'string' ? value : fallback
    },
    set(value) {
      const query = { ...route.query, [name]: value === '' || value === fallback ? undefined : value }
      void router.replace({ query, hash: route.hash })
    },
  })
}
