/** The two calls of an integration as lines to copy, and what the first one answers (wire/fluxx.md section 7). */
import type { Alert, Field, Module } from '@/api/types'

const call = (path: string): string =>
  `curl -H "Authorization: Bearer $HW_TOKEN" ${window.location.origin}/fluxx/poll/client/1/uuid/${path}`

export const takeCommand = (alert: Alert): string => call(`queue/${alert.queue_uuid}`)
export const finishCommand = (alert: Alert): string => call(`queue_finished/${alert.queue_uuid}/$JOB_UUID`)

const EXAMPLES: Record<string, (field: Field) => unknown> = {
  Number: (field) => (field.scale ? 12.5 : 900),
  Bool: () => true,
  DateTime: () => '2031-05-02T07:00:00Z',
  Record: () => 41,
  Select: (field) => field.options?.[0]?.value ?? 'value',
  State: (field) => field.states?.[0]?.value ?? 'value',
}

function example(module: Module | null, name: string): unknown {
  const field = module?.fields.find((one) => one.name === name)
  if (!field) return 'text'
  const value = (EXAMPLES[field.kind] ?? (() => 'text'))(field)
  return field.multi ? [value] : value
}

/** One record as the queue hands it over, with the fields that this alert names. */
export function payload(alert: Alert, module: Module | null): string {
  const extras = Object.fromEntries((alert.extra_fields ?? []).map((name) => [name, example(module, name)]))
  const key = { timestamp: 1933920000, table: `${module?.handle ?? alert.module}s`, idColumns: ['id'], id: [41] }
  const data = [{ timestamp: 1933920000, identity: 41, recordData: { id: 41, ...extras }, key }]
  return JSON.stringify({ job_uuid: '2f8e4a10-0001-4c00-9a00-6b2f5d9c1e77', data }, null, 2)
}
