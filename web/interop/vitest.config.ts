import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'interop',
    root: import.meta.dirname,
    include: ['*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 30_000,
    // Each file starts real servers; two cores serve one file at a time best.
    fileParallelism: false,
  },
})
