/** Modules and their fields. */
import { get, patch, post, remove } from './client'
import type { Field, FieldDraft, Module, ModuleChange, ModuleDraft, Page } from './types'

export const listModules = () => get<Page<Module>>('/api/modules', { limit: 1000 })
export const createModule = (draft: ModuleDraft) => post<Module>('/api/modules', draft)
export const updateModule = (module: string, change: ModuleChange) => patch<Module>(`/api/modules/${module}`, change)
export const deleteModule = (module: string) => remove(`/api/modules/${module}`)
export const addField = (module: string, draft: FieldDraft) => post<Field>(`/api/modules/${module}/fields`, draft)
export const updateField = (module: string, field: string, change: Partial<FieldDraft>) =>
  patch<Field>(`/api/modules/${module}/fields/${field}`, change)
export const deleteField = (module: string, field: string) => remove(`/api/modules/${module}/fields/${field}`)
