// Builds the window into ui/dist. Addresses are relative so that the same files work under the shell's own scheme and
// under `coffer serve`; nothing is inlined, because the content security policy allows only files from our own origin.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

// WebKitGTK 2.50 is Safari 26; the floor is what `light-dark()` and OKLCH need.
const engines = ['safari18', 'chrome125', 'firefox128'];

export default defineConfig({
  base: './',
  plugins: [svelte(), svelteTesting()],
  build: {
    target: engines,
    cssTarget: engines,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: true,
  },
  server: {
    port: 5173,
    strictPort: true,
    proxy: { '/api': process.env['COFFER_SERVE_URL'] ?? 'http://127.0.0.1:7777' },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
});
