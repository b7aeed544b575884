/** The filter, search and sort of a record list, as the address has them. */
import { computed, ref, watch, type Ref } from 'vue'
import type { Module } from '@/api/types'
import type { ListQuery } from '@/api/records'
import { useAddress } from '@/composables/address'
import { references } from '../modules'

const WAIT_MS = 250

/** A value that follows quick changes slowly. */
function slowly(address: Ref<string>): Ref<string> {
  const typed = ref(address.value)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(typed, (text) => {
    clearTimeout(timer)
    timer = setTimeout(() => (address.value = text), WAIT_MS)
  })
  watch(address, (now) => {
    clearTimeout(timer)
    typed.value = now
  })
  return typed
}

export function useListQuery(module: Ref<Module>, sort: Ref<string>) {
  const filterText = useAddress('filter')
  const searchText = useAddress('search')
  const search = slowly(searchText)

  const filter = computed<unknown>({
    get() {
      try {
        return filterText.value ? JSON.parse(filterText.value) : null
      } catch {
        return null
      }
    },
    set(value) {
      filterText.value = value ? JSON.stringify(value) : ''
    },
  })
  const query = computed<ListQuery>(() => ({
    filter: filterText.value || undefined,
    search: searchText.value || undefined,
    sort: sort.value || undefined,
    expand:
      references(module.value)
        .map((field) => field.name)
        .join(',') || undefined,
  }))
  const isNarrowed = computed(() => Boolean(filterText.value || searchText.value))

  return { filter, filterText, search, searchText, query, isNarrowed }
}
