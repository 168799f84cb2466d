import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { budget } from './budget.ts'
import { fonts } from './fonts.ts'

const server = process.env.STICKY_URL ?? 'http://127.0.0.1:8080'
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [svelte(), budget('editor/NoteScreen.svelte', 150 * 1024), fonts()],
  resolve: {
    alias: {
      '@codemirror/lang-html': here('./no-html.ts'),
      'lib0/logging': here('./plain-logging.ts'),
      './y-remote-selections.js': here('./no-selections.ts'),
    },
    dedupe: ['yjs', 'y-protocols', 'lib0', '@codemirror/state', '@codemirror/view'],
  },
  build: {
    outDir: here('../dist'),
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows no inline anything: small files stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { treeshake: { propertyReadSideEffects: false, unknownGlobalSideEffects: false } },
  },
  server: {
    proxy: { '/api': server, '/collab': { target: server, ws: true }, '^/s/': server },
  },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'] },
})
