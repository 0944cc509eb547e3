// A fresh database for one run: a file, or a PostgreSQL of our own in a temporary folder.
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { logs, postgres } from './paths';
import { finish, freePort, start, stop, until } from './processes';

export interface Database {
  url: string;
  remove(): Promise<void>;
}

export function create(): Promise<Database> {
  return process.env.SALDAR_E2E_DB === 'postgres' ? createPostgres() : Promise.resolve(createSqlite());
}

function createSqlite(): Database {
  const folder = mkdtempSync(join(tmpdir(), 'saldar-sqlite-'));
  const remove = async () => rmSync(folder, { recursive: true, force: true });
  return { url: `sqlite://${join(folder, 'saldar.db')}`, remove };
}

async function createPostgres(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'saldar-postgres-'));
  const owner = unprivileged();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const options = { cwd: folder, ...owner };
  const data = join(folder, 'data');
  finish(postgres('initdb'), ['-D', data, '-U', 'saldar', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], options);

  const port = await freePort();
  // Nothing here outlives the run, so nothing needs to survive a power cut.
  const settings = ['fsync=off', 'full_page_writes=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const child = start(postgres('postgres'), args, join(logs, 'postgres.log'), options);
  try {
    await until(() => accepts(port), child, 'PostgreSQL');
    const createdb = ['-h', '127.0.0.1', '-p', String(port), '-U', 'saldar', '--maintenance-db=postgres', 'saldar'];
    await retry(() => finish(postgres('createdb'), createdb, options));
  } catch (error) {
    await stop(child, 'SIGINT');
    throw error;
  }
  const remove = async () => {
    await stop(child, 'SIGINT');
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `postgres://saldar@127.0.0.1:${port}/saldar`, remove };
}

/** PostgreSQL refuses to run as root: there, another account of the system runs it. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (!account) throw new Error('no account to run PostgreSQL as: start the tests as an ordinary user');
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), done(true)));
    socket.once('error', () => done(false));
  });
}

/** The port opens a moment before the first session is let in. */
async function retry(action: () => unknown): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      action();
      return;
    } catch (error) {
      if (attempt >= 50) throw error;
      await new Promise((later) => setTimeout(later, 100));
    }
  }
}
