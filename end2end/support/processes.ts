// Starting programs, waiting until they answer, and stopping them.
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';

/** A port that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))));
    });
  });
}

/** Starts a program that keeps running; its output goes to a file. */
export function start(program: string, args: string[], log: string, options: SpawnOptions): ChildProcess {
  const output = openSync(log, 'a');
  return spawn(program, args, { ...options, stdio: ['ignore', output, output] });
}

/** Runs a program to its end and returns what it printed; throws with its messages if it failed. */
export function finish(program: string, args: string[], options: SpawnOptions = {}): string {
  const result = spawnSync(program, args, { ...options, stdio: 'pipe', encoding: 'utf8', maxBuffer: 1 << 26 });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** Tries until `ready` is true; gives up when the program ends or after `seconds`. */
export async function until(ready: () => Promise<boolean>, child: ChildProcess, what: string, seconds = 60) {
  const patience = Date.now() + seconds * 1000;
  while (Date.now() < patience) {
    if (child.exitCode !== null) throw new Error(`${what} ended with code ${child.exitCode}`);
    if (await ready().catch(() => false)) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`${what} did not answer within ${seconds} s`);
}

/** Asks a program to stop, and waits until it has. */
export async function stop(child: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(killer);
}
