/** A chosen file on its way to becoming an import: its columns, where they go, and how far it is sent. */
import { computed, ref, shallowRef, type Ref } from 'vue'
import { startImport, type ImportOptions } from '@/api/imports'
import { asApiError, type ApiError } from '@/api/problem'
import type { Field, FileImport, Module } from '@/api/types'
import type { Upload } from '@/api/upload'
import { fieldLabel } from '@/features/records/modules'
import { sniff, type Sample } from './sniff'

function fieldFor(column: string, fields: Field[]): string {
  const wanted = column.trim().toLowerCase()
  const found = fields.find(
    (field) => field.name.toLowerCase() === wanted || fieldLabel(field).toLowerCase() === wanted,
  )
  return found?.name ?? ''
}

export function useUpload(module: Ref<Module>) {
  const file = shallowRef<File | null>(null)
  const sample = shallowRef<Sample | null>(null)
  const isUnreadable = ref(false)
  const mapping = ref<Record<string, string>>({})
  const references = ref<Record<string, string>>({})
  const key = ref('')
  const conflict = ref<'update' | 'skip' | 'reject'>('update')
  const share = ref<number | null>(null)
  const error = shallowRef<ApiError | null>(null)
  let running: Upload<FileImport> | null = null

  const mapped = computed(() => Object.values(mapping.value).filter(Boolean))
  const keys = computed(() => module.value.fields.filter((field) => field.unique && mapped.value.includes(field.name)))

  async function choose(chosen: File | null | undefined): Promise<void> {
    file.value = chosen ?? null
    sample.value = chosen ? await sniff(chosen).catch(() => null) : null
    isUnreadable.value = chosen !== null && chosen !== undefined && sample.value === null
    error.value = null
    const columns = sample.value?.columns ?? []
    mapping.value = Object.fromEntries(columns.map((column) => [column, fieldFor(column, module.value.fields)]))
    key.value = keys.value[0]?.name ?? ''
  }

  function options(): ImportOptions {
    const goes = Object.entries(mapping.value).filter(([, field]) => field)
    const found = Object.entries(references.value).filter(([field, by]) => by && mapped.value.includes(field))
    return {
      format: sample.value?.format,
      ...(sample.value?.format === 'csv' ? { delimiter: sample.value.delimiter } : {}),
      mapping: Object.fromEntries(goes),
      ...(found.length ? { references: Object.fromEntries(found) } : {}),
      ...(key.value ? { key: key.value, on_conflict: conflict.value } : {}),
    }
  }

  /** The import that the server made of the file, or null when it was refused or cancelled. */
  async function send(): Promise<FileImport | null> {
    if (!file.value) return null
    error.value = null
    share.value = 0
    running = startImport(module.value.handle, file.value, options(), (sent) => (share.value = sent))
    try {
      const made = await running.answer
      await choose(null)
      return made
    } catch (fault) {
      if (!(fault instanceof DOMException)) error.value = asApiError(fault)
      return null
    } finally {
      share.value = null
      running = null
    }
  }

  return {
    file,
    sample,
    isUnreadable,
    mapping,
    mapped,
    references,
    key,
    keys,
    conflict,
    share,
    error,
    choose,
    send,
    cancel: () => running?.cancel(),
  }
}
