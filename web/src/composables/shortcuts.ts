/** Keys that work on the page, registered by whoever is shown; the list behind `?` is made of them. */
import { onScopeDispose, reactive } from 'vue'

export interface Shortcut {
  /** `k`, `/`, `Escape`, `mod+s`: `mod` is Ctrl, or Cmd on a Mac. */
  keys: string[]
  text: string
  run: (event: KeyboardEvent) => void
  /** Whether it also works while somebody types in a field. */
  whileTyping?: boolean
}

const groups = reactive<Shortcut[][]>([])

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

function nameOf(event: KeyboardEvent): string {
  const isMod = isMac ? event.metaKey : event.ctrlKey
  return isMod ? `mod+${event.key.toLowerCase()}` : event.key
}

/** Buttons and links keep their own Enter and space. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.altKey || event.defaultPrevented) return true
  const target = event.target
  const isControl = target instanceof HTMLElement && target.closest('a,button,[role=menuitem],[role=option]') !== null
  return isControl && (event.key === 'Enter' || event.key === ' ')
}

function isBehindDialog(): boolean {
  return document.querySelector('[role=dialog][data-state=open],[role=alertdialog][data-state=open]') !== null
}

function find(event: KeyboardEvent): Shortcut | undefined {
  const name = nameOf(event)
  const typing = isTyping(event.target)
  for (const group of [...groups].reverse()) {
    const found = group.find((one) => one.keys.includes(name) && (one.whileTyping || !typing))
    if (found) return found
  }
  return undefined
}

function hear(event: KeyboardEvent): void {
  if (isTaken(event) || isBehindDialog()) return
  const found = find(event)
  if (!found) return
  event.preventDefault()
  found.run(event)
}

/** Start to listen; called once by the frame. */
export function startShortcuts(): void {
  window.addEventListener('keydown', hear)
}

/** Have these keys work until the view is gone; later views come before earlier ones. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  const group = reactive(shortcuts) as Shortcut[]
  groups.push(group)
  onScopeDispose(() => {
    const at = groups.indexOf(group)
    if (at >= 0) groups.splice(at, 1)
  })
}

/** All keys that work now, those of the view first. */
export function workingShortcuts(): Shortcut[] {
  return [...groups].reverse().flat()
}

export function keyLabel(key: string): string {
  const mod = isMac ? '⌘' : 'Ctrl '
  const names: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc', Enter: '↵' }
  return key.startsWith('mod+') ? mod + key.slice(4).toUpperCase() : (names[key] ?? key)
}
