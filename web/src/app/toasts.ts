/** Short messages after an act, with the way back where there is one. */
import { reactive } from 'vue'
import { asApiError } from '@/api/problem'

export interface Toast {
  id: number
  text: string
  code?: string
  isBad: boolean
  undo?: () => Promise<void>
}

const SHOWN_MS = 7000
let last = 0

export const toasts = reactive<Toast[]>([])

export function dismiss(id: number): void {
  const at = toasts.findIndex((toast) => toast.id === id)
  if (at >= 0) toasts.splice(at, 1)
}

function show(toast: Omit<Toast, 'id'>): void {
  const id = ++last
  toasts.push({ ...toast, id })
  setTimeout(() => dismiss(id), SHOWN_MS)
}

export const tell = (text: string, undo?: () => Promise<void>): void => show({ text, isBad: false, undo })

/** Show a refusal of an act that has no form to show it in. */
export function tellError(error: unknown): void {
  const { problem } = asApiError(error)
  show({ text: problem.hint ? `${problem.detail} ${problem.hint}` : problem.detail, code: problem.code, isBad: true })
}
