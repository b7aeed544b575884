/** j, k and the arrows move the focus between the rows of a plain list. */
import type { Ref } from 'vue'
import { t } from '@/texts/en'
import { useShortcuts } from './shortcuts'

export function useRowKeys(container: Readonly<Ref<HTMLElement | null>>): void {
  function move(step: number): void {
    const links = [...(container.value?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
    const at = links.findIndex((link) => link === document.activeElement)
    const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)
    links[next]?.focus()
    links[next]?.scrollIntoView({ block: 'nearest' })
  }

  useShortcuts([
    { keys: ['j', 'ArrowDown'], text: t.keys.next, run: () => move(1) },
    { keys: ['k', 'ArrowUp'], text: t.keys.previous, run: () => move(-1) },
  ])
}
