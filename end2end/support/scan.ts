// After a run: no card number lies anywhere in the database, and nothing about a person in a log.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { postgres } from './paths';
import { finish } from './processes';

/** A card number that tests type where it does not belong; it passes the Luhn check. */
export const CARD = '4111 1111 1111 1111';

/** What tests put into the book about people: see `importBook`. */
const PERSONAL = [/Titular [A-Z]/, /\bPRU[A-Z0-9]{4,}/, /\bOTR[A-Z0-9]{4,}/, /titular\.[a-z0-9]+@/, /@example\.com/, /\+52\d{8,}/];

/** Throws with the place of every find. */
export function scan(databaseUrl: string, files: string, logs: string[]): void {
  const stored = [...texts(databaseUrl), ...tree(files).map((file) => [file, readFileSync(file, 'latin1')] as const)];
  const finds = stored.flatMap(([place, text]) => cards(text).map((found) => `${place}: card number ${found}`));
  for (const log of logs) {
    const text = readFileSync(log, 'utf8');
    finds.push(...cards(text).map((found) => `${log}: card number ${found}`));
    finds.push(...PERSONAL.flatMap((sign) => (sign.exec(text) ? [`${log}: ${sign} in ${line(text, sign)}`] : [])));
  }
  if (finds.length) throw new Error(`what must not be kept was found:\n${finds.slice(0, 20).join('\n')}`);
}

/** Everything that the database holds, as text. */
function texts(url: string): (readonly [string, string])[] {
  if (url.startsWith('sqlite:')) {
    const folder = dirname(url.replace('sqlite://', ''));
    return tree(folder).map((file) => [file, readFileSync(file, 'latin1')] as const);
  }
  return [['dump', finish(postgres('pg_dump'), ['--data-only', '--inserts', url], { maxBuffer: 1 << 30 })]];
}

function tree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

function line(text: string, sign: RegExp): string {
  return text.split('\n').find((row) => sign.test(row)) ?? '';
}

/** Sixteen figures (fifteen for American Express) that pass the Luhn check, alone or in groups. */
function cards(text: string): string[] {
  const looks = /(?<![\w.\-])(?:[45]\d{3}|2[2-7]\d{2}|6[0-5]\d{2}|3[47]\d{2})(?:[ .\-]?\d{4}){3}(?![\w\-])|(?<![\w.\-])3[47]\d{2}[ \-]?\d{6}[ \-]?\d{5}(?![\w\-])/g;
  return (text.match(looks) ?? []).filter((found) => luhn(found.replace(/\D/g, '')));
}

function luhn(digits: string): boolean {
  const sum = Array.from(digits).reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
