// Drives the real window in a browser: `coffer serve` with the simulated merchant behind it. The specs live with the other
// end-to-end tests; the harness beside them starts and ends the programs.

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '../tests/e2e/browser',
  outputDir: '../tests/e2e/results/browser',
  fullyParallel: false,
  workers: 1,
  timeout: 150_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: {
      executablePath: process.env['COFFER_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
  },
});
