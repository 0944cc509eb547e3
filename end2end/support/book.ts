// A small portfolio of its own for every worker: what one test changes, no other test looks at.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { server } from './paths';
import { finish } from './processes';

/** What each account of the book is for. All are owed by one debtor, 1,250.00 in principal at least. */
const purposes = [
  'keyboard', 'breakdown', 'all', 'part', 'refused', 'declined', 'delayed', 'activity', 'promise', 'payment', 'reversal', 'disputed', 'contested', 'agreed', 'reported', 'designated',
] as const;
export type Purpose = (typeof purposes)[number];

export interface Book {
  document: string;
  email: string;
  name: string;
  phone: string;
  creditor: string;
  /** How many accounts its debtor has. */
  accounts: number;
  /** The creditor's number of an account. */
  account: (purpose: Purpose) => string;
  /** An account of another debtor. */
  stranger: string;
  /** That other debtor: only so many codes are sent for one document in a quarter of an hour. */
  other: { document: string; email: string };
}

/** Imports a book whose numbers and names hold `tag`. */
export function importBook(tag: string): Book {
  const word = tag.replace(/[^a-z0-9]/gi, '').toUpperCase();
  const digits = String(Array.from(word).reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 10_000_000, 7)).padStart(7, '0');
  const book = {
    document: `PRU${word}`,
    email: `titular.${word.toLowerCase()}@example.com`,
    name: `Titular ${word}`,
    phone: `+5255${digits}1`,
    creditor: 'SENAL',
    accounts: purposes.length,
    account: (purpose: Purpose) => `${word}-${purpose.toUpperCase()}`,
    stranger: `${word}-STRANGER`,
    other: { document: `OTR${word}`, email: `vecina.${word.toLowerCase()}@example.com` },
  };
  const header = 'external_id,debtor_document,debtor_name,debtor_kind,currency,country,due_on,principal,interest,'
    + 'default_interest,late_charge,collection_cost,tax,product,email,phone,language';
  const rows = purposes.map((purpose) => {
    const parts: Partial<Record<Purpose, string>> = {
      breakdown: '8250.00,412.50,165.00,80.00,120.00,124.40',
      designated: '1250.00,50.00,,80.00,120.00,',
    };
    const amounts = parts[purpose] ?? '1250.00,,,,,';
    return `${book.account(purpose)},${book.document},${book.name},person,MXN,MX,2026-09-05,${amounts},Crédito,${book.email},${book.phone},es`;
  });
  const stranger = `${book.stranger},${book.other.document},Otra ${word},person,MXN,MX,2026-09-05,500.00,,,,,,Crédito,${book.other.email},,es`;
  const folder = mkdtempSync(join(tmpdir(), 'saldar-book-'));
  const file = join(folder, `${word}.csv`);
  writeFileSync(file, [header, ...rows, stranger, ''].join('\n'));
  finish(server, ['import', 'portfolio', file, '--creditor', book.creditor]);
  rmSync(folder, { recursive: true });
  return book;
}
