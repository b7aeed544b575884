/** Whether the left rail is open, remembered; on a phone it is a drawer over the page. */
import { ref, watch } from 'vue'

const KEY = 'headwater.rail'

export const isRailClosed = ref(localStorage.getItem(KEY) === 'closed')
export const isDrawerOpen = ref(false)

watch(isRailClosed, (closed) => localStorage.setItem(KEY, closed ? 'closed' : 'open'))
