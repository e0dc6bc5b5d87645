import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Relative addresses, so that the page also works behind a proxy that puts it under a path.
  base: './',
  build: {
    target: 'es2022',
    // The server's policy is default-src 'self': a data: address would be refused.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    // `npm run dev` shows the page with the data of a server on this machine.
    proxy: { '/api': 'http://127.0.0.1:9000' },
  },
  test: {
    environment: 'node',
    include: ['tests/**/*.test.ts'],
  },
})
