// Builds the user interface into the Python package, which serves it; in development it proxies to a running server.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const server = process.env.HEADWATER_URL ?? 'http://127.0.0.1:8400'
const proxied = ['/api', '/openapi.json', '/docs', '/fluxx', '/healthz']

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../src/headwater/static',
    emptyOutDir: true,
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // they know light-dark()
    chunkSizeWarningLimit: 400,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What nearly every view needs travels together; otherwise a view is fifty small requests.
          groups: [
            { name: 'vue', test: /node_modules\/(@vue|vue|vue-router)\// },
            { name: 'floats', test: /node_modules\/(reka-ui|@floating-ui|@internationalized|aria-hidden|@vueuse)\// },
            { name: 'shared', test: /web\/src\/(ui|composables|api|texts|app)\// },
          ],
        },
      },
    },
  },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, { target: server }])) },
})
