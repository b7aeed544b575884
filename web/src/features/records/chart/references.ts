/** The labels of the records that groups are made by. */
import { listRecords } from '@/api/records'
import type { Field, Group } from '@/api/types'
import { recordLabel } from '../labels'
import { findModule } from '../modules'

export async function namesOf(field: Field, groups: Group[], signal: AbortSignal): Promise<Map<number, string>> {
  const target = field.kind === 'Record' ? findModule(field.module) : null
  const ids = groups.map((group) => group.key[0]).filter((key) => typeof key === 'number')
  if (!target || ids.length === 0) return new Map()
  const filter = JSON.stringify(['id', 'in', ids])
  const { items } = await listRecords(target.handle, { filter, limit: ids.length }, signal)
  return new Map(items.map((record) => [record.id, recordLabel(target, record)]))
}
