// Where the programs are that the tests start. The build tool sets these; the defaults suit a test started
// by hand after `make build`.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

export const server = process.env.SALDAR_E2E_SERVER ?? join(target, 'debug/saldar');
export const site = process.env.SALDAR_SITE ?? join(target, 'site');

/** Where the set-up leaves what tests and tear-down need to know. */
export const logs = resolve(__dirname, '../test-results');

function onPath(names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function chromium(): string {
  const found = process.env.SALDAR_CHROMIUM
    ?? onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);
  if (!found) throw new Error('Chromium is missing: run `make test`, or set SALDAR_CHROMIUM');
  return found;
}

/** A PostgreSQL program; Debian keeps them off the path, one folder a version. */
export function postgres(program: string): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(debian, version, 'bin', program)).find(isExecutable)
    ?? onPath([program]);
  if (!found) throw new Error(`PostgreSQL's ${program} is missing: run \`make test\``);
  return found;
}
