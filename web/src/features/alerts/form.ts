/** An alert while it is being described. */
import { computed, ref } from 'vue'
import { createAlert, updateAlert } from '@/api/alerts'
import type { Alert, AlertChange, Trigger } from '@/api/types'
import { useAction } from '@/composables/action'
import { findModule, modules } from '@/features/records/modules'

interface Form {
  name: string
  module: string
  trigger: Trigger
  state_field: string
  states: string[]
  field: string
  filter: unknown
  extra_fields: string[]
  enabled: boolean
  include_deletes: boolean
}

const BLANK: Form = {
  name: '',
  module: '',
  trigger: 'filter',
  state_field: '',
  states: [],
  field: '',
  filter: null,
  extra_fields: [],
  enabled: true,
  include_deletes: false,
}

/** The alert's own values where it has any. */
function start(alert: Alert | null): Form {
  const own = Object.entries(alert ?? {}).filter(([name, value]) => name in BLANK && value !== null)
  const module = findModule(alert?.module)?.handle ?? modules.value[0]?.handle ?? ''
  return { ...BLANK, ...(Object.fromEntries(own) as Partial<Form>), module }
}

/** Written as a group, so that nobody takes a lone condition for one of the Fluxx dialect. */
function grouped(filter: unknown): unknown {
  return Array.isArray(filter) ? { and: [filter] } : filter
}

function toChange(form: Form): AlertChange {
  const { state_field, states, field, name, trigger, extra_fields, enabled, include_deletes } = form
  const rest = { name, trigger, filter: grouped(form.filter), extra_fields, enabled, include_deletes }
  if (form.trigger === 'state') return { ...rest, state_field: state_field || null, states }
  if (form.trigger === 'field') return { ...rest, field: field || null }
  return rest
}

export function useAlertForm(alert: Alert | null) {
  const form = ref(start(alert))
  const module = computed(() => findModule(form.value.module))
  const stateFields = computed(() => module.value?.fields.filter((field) => field.kind === 'State') ?? [])
  const stateField = computed(
    () => stateFields.value.find((field) => field.name === form.value.state_field) ?? stateFields.value[0] ?? null,
  )
  const saved = ref<Alert | null>(null)

  /** Another module has other fields: what named the old ones goes. */
  function setModule(handle: string): void {
    Object.assign(form.value, {
      module: handle,
      state_field: '',
      states: [],
      field: '',
      filter: null,
      extra_fields: [],
    })
  }

  const saving = useAction(async () => {
    const change = toChange({ ...form.value, state_field: form.value.state_field || (stateField.value?.name ?? '') })
    const { name, module: handle, trigger } = form.value
    saved.value = alert
      ? await updateAlert(alert.id, change)
      : await createAlert({ ...change, name, module: handle, trigger })
  })
  const faults = computed(() => saving.error.value?.faults() ?? {})
  return { form, module, stateFields, stateField, setModule, saving, faults, saved }
}
