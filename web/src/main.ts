import { createApp } from 'vue'
import { whenSignedOut } from '@/api/client'
import App from '@/app/App.vue'
import { router } from '@/app/router'
import { session } from '@/app/session'
import { startTheme } from '@/app/theme'
import '@/design/tokens.css'
import '@/design/base.css'
import '@/design/controls.css'
import '@/design/floats.css'

startTheme()
whenSignedOut(() => {
  session.person = null
  const { path, fullPath } = router.currentRoute.value
  if (path !== '/sign-in') void router.push({ path: '/sign-in', query: { next: fullPath } })
})
createApp(App).use(router).mount('#app')
