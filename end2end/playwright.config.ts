import { defineConfig, type Project } from '@playwright/test';
import { chromium } from './support/paths';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const screens = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
};

/** Every test on both screens; those tagged `@plain` once more with scripts off. */
const projects: Project[] = Object.entries(screens).flatMap(([name, use]) => [
  { name, use },
  { name: `${name}-plain`, grep: /@plain/, use: { ...use, javaScriptEnabled: false } },
]);

export default defineConfig({
  testDir: './tests',
  outputDir: `./test-results/failures-${process.env.SALDAR_E2E_DB ?? 'sqlite'}`,
  globalSetup: './support/setup.ts',
  projects,
  workers: 2,
  retries: 0,
  timeout: 60_000,
  forbidOnly: true,
  expect: { timeout: 8_000 },
  use: {
    actionTimeout: 10_000,
    navigationTimeout: 15_000,
    locale: 'es-MX',
    timezoneId: 'America/Mexico_City',
    launchOptions: { executablePath: chromium(), args: flags },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
