/** Loads again after live events, several of them as one. */
import { onScopeDispose } from 'vue'
import { listen, type LiveEvent } from '@/api/events'

const QUIET_MS = 300
const LONGEST_MS = 1500

/** Events joined on their way name no id or no module: they may be about anything of their type. */
export function about(type: string, id?: string | number | null, module?: string): (event: LiveEvent) => boolean {
  const fits = (wanted: unknown, got: unknown) =>
    wanted === undefined || got === undefined || got === null || String(got) === String(wanted)
  return (event) => event.type === type && fits(id, event.id) && fits(module, event.module)
}

/** Call `reload` soon after events that `isMine`: once things are quiet, but at least every 1.5 s while they are not. */
export function useLive(isMine: (event: LiveEvent) => boolean, reload: () => unknown): void {
  let quiet: ReturnType<typeof setTimeout> | undefined
  let first = 0

  function fire(): void {
    first = 0
    reload()
  }

  const stop = listen((event) => {
    if (!isMine(event)) return
    const now = performance.now()
    if (first === 0) first = now
    clearTimeout(quiet)
    quiet = setTimeout(fire, Math.max(0, Math.min(QUIET_MS, first + LONGEST_MS - now)))
  })
  onScopeDispose(() => {
    clearTimeout(quiet)
    stop()
  })
}
