/** Light, dark or as the system says; remembered on this machine. */
import { ref, watchEffect } from 'vue'

export type Theme = 'system' | 'light' | 'dark'

const KEY = 'headwater.theme'

function remembered(): Theme {
  const value = localStorage.getItem(KEY)
  return value === 'light' || value === 'dark' ? value : 'system'
}

export const theme = ref<Theme>(remembered())

/** Follow the choice from now on. */
export function startTheme(): void {
  watchEffect(() => {
    localStorage.setItem(KEY, theme.value)
    if (theme.value === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme.value
  })
}
