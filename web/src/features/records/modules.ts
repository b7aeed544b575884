/** All modules, loaded once and shared by the views; loaded again after a change of one. */
import { computed, shallowReactive } from 'vue'
import { listModules } from '@/api/modules'
import { asApiError, type ApiError } from '@/api/problem'
import type { Field, Module } from '@/api/types'

const state = shallowReactive<{ modules: Module[]; isLoaded: boolean; error: ApiError | null }>({
  modules: [],
  isLoaded: false,
  error: null,
})
let running: Promise<void> | null = null

async function load(): Promise<void> {
  try {
    const page = await listModules()
    state.modules = page.items
    state.isLoaded = true
    state.error = null
  } catch (error) {
    state.error = asApiError(error)
  } finally {
    running = null
  }
}

export const modules = computed(() => state.modules)
export const areModulesLoaded = computed(() => state.isLoaded)
export const modulesError = computed(() => state.error)

export function reloadModules(): Promise<void> {
  return (running ??= load())
}

export async function ensureModules(): Promise<void> {
  if (!state.isLoaded) await reloadModules()
}

/** The module with this handle or id, or null. */
export function findModule(ref: string | number | null | undefined): Module | null {
  if (ref === null || ref === undefined) return null
  return state.modules.find((one) => one.handle === ref || String(one.id) === String(ref)) ?? null
}

export function fieldLabel(field: Pick<Field, 'label' | 'name'>): string {
  return field.label || field.name
}

/** The field whose value names a record to people. */
export function labelField(module: Module): Field | null {
  const named = module.fields.find((field) => field.name === module.label_field)
  return named ?? module.fields.find((field) => field.kind === 'String') ?? module.fields[0] ?? null
}

/** Fields of this module that point to records of another one. */
export function references(module: Module): Field[] {
  return module.fields.filter((field) => field.kind === 'Record')
}
