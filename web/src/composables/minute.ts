/** The present, to the half minute, so that relative times move. */
import { ref } from 'vue'

export const minute = ref(Date.now())

setInterval(() => (minute.value = Date.now()), 30_000)
