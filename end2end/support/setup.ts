// Once a run: a fresh database with a demo portfolio, and the server that all tests share.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FullConfig } from '@playwright/test';
import * as database from './database';
import { logs, server, site } from './paths';
import { finish, freePort, start, stop, until } from './processes';
import { scan } from './scan';

/** The demo portfolio's date; the server's clock starts at noon of it, so that tests run on any day. */
export const AS_OF = '2026-11-20';

export default async function setup(_config: FullConfig): Promise<() => Promise<void>> {
  mkdirSync(logs, { recursive: true });
  const db = await database.create();
  const files = mkdtempSync(join(tmpdir(), 'saldar-files-'));
  const port = await freePort();
  Object.assign(process.env, {
    SALDAR_URL: `http://127.0.0.1:${port}`,
    SALDAR_ADDR: `127.0.0.1:${port}`,
    SALDAR_DATABASE_URL: db.url,
    SALDAR_FILES: `file://${files}`,
    SALDAR_MODE: 'demo',
    SALDAR_SITE: site,
    SALDAR_CLOCK: `${AS_OF}T18:00:00Z`,
  });
  const clean = async () => {
    await db.remove();
    rmSync(files, { recursive: true, force: true });
  };
  try {
    finish(server, ['demo', '--accounts', '200', '--seed', '1', '--as-of', AS_OF]);
    const log = join(logs, `server-${process.env.SALDAR_E2E_DB ?? 'sqlite'}.log`);
    rmSync(log, { force: true });
    const child = start(server, ['serve'], log, {});
    const ready = async () => (await fetch(`${process.env.SALDAR_URL}/readyz`)).ok;
    await until(ready, child, 'the server').catch(async (error: unknown) => {
      await stop(child);
      throw new Error(`${String(error)}; its output is in ${log}`);
    });
    return async () => {
      await stop(child);
      try {
        scan(db.url, files, [log]);
      } finally {
        await clean();
      }
    };
  } catch (error) {
    await clean();
    throw error;
  }
}
