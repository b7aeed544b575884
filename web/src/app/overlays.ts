/** Which of the frame's own dialogs is open. */
import { ref } from 'vue'

export const isSearchOpen = ref(false)
export const isKeysOpen = ref(false)
