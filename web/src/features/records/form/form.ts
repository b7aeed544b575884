/** What somebody changes in a record: the draft, its faults, saving it, and meeting somebody else's change. */
import { computed, reactive, ref, shallowRef, toRaw, type Ref } from 'vue'
import { ApiError, asApiError } from '@/api/problem'
import { createRecord, updateRecord } from '@/api/records'
import type { Field, Module, Stored, Value, Values } from '@/api/types'
import { useDraft } from '@/composables/draft'

export interface Clash {
  field: Field
  mine: Value | undefined
  theirs: Value | undefined
}

export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null) || (isNothing(a) && isNothing(b))
}

function isNothing(value: Value | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
}

function initialValues(module: Module): Values {
  return Object.fromEntries(
    module.fields
      .map((field) => [field.name, (field.default as Value) ?? field.initial ?? null])
      .filter(([, value]) => value !== null),
  ) as Values
}

export function useRecordForm(module: Ref<Module>, record: Stored | null) {
  const base = shallowRef<Stored | null>(record)
  const draft = useDraft<Values>(`${module.value.handle}/${record?.id ?? 'new'}`, {})
  const changes = draft.value
  const faults = ref<Record<string, string>>({})
  const error = shallowRef<ApiError | null>(null)
  const clashes = shallowRef<Clash[]>([])
  const isBusy = ref(false)
  const key = crypto.randomUUID?.() ?? String(Math.random())
  const start = record ? {} : reactive(initialValues(module.value))

  const stored = (name: string): Value | undefined => base.value?.values[name] ?? start[name]
  const valueOf = (name: string): Value => (name in changes.value ? changes.value[name] : stored(name)) ?? null
  const changed = computed(() =>
    Object.keys(changes.value).filter((name) => !isSame(changes.value[name], stored(name))),
  )
  const isDirty = computed(() => changed.value.length > 0)

  function set(name: string, value: Value): void {
    if (isSame(value, stored(name))) delete changes.value[name]
    else changes.value[name] = value
    delete faults.value[name]
  }

  function discard(): void {
    changes.value = {}
    faults.value = {}
    error.value = null
    clashes.value = []
    draft.forget()
  }

  /** Somebody else's change: take what only they changed, and ask about what both changed. */
  function meet(theirs: Stored): void {
    const before = base.value
    base.value = theirs
    clashes.value = module.value.fields
      .filter(({ name }) => name in changes.value && !isSame(before?.values[name], theirs.values[name]))
      .filter(({ name }) => !isSame(changes.value[name], theirs.values[name]))
      .map((field) => ({ field, mine: toRaw(changes.value)[field.name], theirs: theirs.values[field.name] }))
  }

  function settle(clash: Clash, keepsMine: boolean): void {
    if (!keepsMine) delete changes.value[clash.field.name]
    clashes.value = clashes.value.filter((one) => one !== clash)
  }

  async function send(): Promise<Stored> {
    const picked = Object.fromEntries(changed.value.map((name) => [name, toRaw(changes.value)[name] ?? null]))
    if (base.value) return updateRecord(module.value.handle, base.value.id, picked, base.value.revision)
    return createRecord(module.value.handle, { ...withoutBlanks(start), ...withoutBlanks(picked) }, key)
  }

  function refuse(fault: unknown): null {
    const refused = asApiError(fault)
    const current = refused.status === 412 ? (refused.problem.document as Stored | undefined) : undefined
    if (current) meet(current)
    else error.value = refused
    const known = Object.entries(refused.faults()).map(([name, text]) => [
      name.replace(/^values\./, '').replace(/\.\d+$/, ''),
      text,
    ])
    faults.value = Object.fromEntries(known)
    return null
  }

  /** The saved record, or null when it was refused; the reasons are then in `faults`, `error` or `clashes`. */
  async function save(): Promise<Stored | null> {
    if (isBusy.value || clashes.value.length > 0) return null
    isBusy.value = true
    error.value = null
    try {
      const saved = await send()
      base.value = saved
      discard()
      return saved
    } catch (fault) {
      return refuse(fault)
    } finally {
      isBusy.value = false
    }
  }

  /** A newer state that came by itself; the draft stays on top of it. */
  function refresh(newer: Stored): void {
    if (!base.value || newer.revision <= base.value.revision) return
    if (isDirty.value) meet(newer)
    else base.value = newer
  }

  return {
    base,
    changed,
    isDirty,
    faults,
    error,
    clashes,
    isBusy,
    wasKept: draft.wasKept && isDirty.value,
    valueOf,
    stored,
    set,
    save,
    discard,
    settle,
    refresh,
  }
}

function withoutBlanks(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isNothing(value)))
}
