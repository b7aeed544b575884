/** Imports of files into a module. */
import { get, remove } from './client'
import type { FileImport, Page } from './types'
import { upload, type Upload } from './upload'

export interface ImportOptions {
  format?: 'csv' | 'jsonl'
  delimiter?: string
  mapping?: Record<string, string>
  references?: Record<string, string>
  key?: string
  on_conflict?: 'update' | 'skip' | 'reject'
  dry_run?: boolean
}

export const listImports = (module: string) => get<Page<FileImport>>(`/api/modules/${module}/imports`)
export const readImport = (id: number, signal?: AbortSignal) => get<FileImport>(`/api/imports/${id}`, undefined, signal)
export const cancelImport = (id: number) => remove(`/api/imports/${id}`)
export const rejectsAddress = (id: number) => `/api/imports/${id}/rejects`

export function startImport(
  module: string,
  file: File,
  options: ImportOptions,
  onProgress: (share: number) => void,
): Upload<FileImport> {
  const form = new FormData()
  form.append('options', JSON.stringify(options))
  form.append('file', file)
  return upload<FileImport>(`/api/modules/${module}/imports`, form, onProgress)
}
