/** The live feed: one connection for the whole page, shared by everybody who listens. */
export interface LiveEvent {
  type: string
  id: number | string | null
  module?: string | null
  revision?: number
}

type Listener = (event: LiveEvent) => void

const TYPES = ['record.changed', 'job.changed', 'run.changed', 'import.changed', 'alert.changed', 'application.changed']
const listeners = new Set<Listener>()
let source: EventSource | null = null

function hear(message: MessageEvent<string>): void {
  const event = JSON.parse(message.data) as LiveEvent
  for (const listener of listeners) listener(event)
}

function open(): void {
  source = new EventSource('/api/events')
  for (const type of TYPES) source.addEventListener(type, hear)
}

/** Hear every live event until the returned function is called. The connection stays open between views. */
export function listen(listener: Listener): () => void {
  listeners.add(listener)
  if (!source) open()
  return () => listeners.delete(listener)
}

/** End the live feed, as when the person signs out. */
export function stopListening(): void {
  source?.close()
  source = null
}
