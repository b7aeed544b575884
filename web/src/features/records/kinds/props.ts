/** What every control of a field gets. */
import type { Field, Value } from '@/api/types'

export interface EditProps {
  field: Field
  id: string
  describedby?: string
  invalid?: boolean
  /** The stored value, which decides the moves of a state. */
  stored?: Value
}
