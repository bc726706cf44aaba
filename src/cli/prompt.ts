import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError } from './errors.js';

/** Asks for a secret: without an echo at a terminal, else the first line of standard input. */
export async function askSecret(question: string): Promise<string> {
  const terminal = process.stdin.isTTY;
  if (terminal) process.stderr.write(question);
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silence, terminal });
  try {
    for await (const line of lines) return line.trim();
  } finally {
    lines.close();
    if (terminal) process.stderr.write('\n');
  }
  throw new CliError('option_missing', 'Nothing was typed, and nothing came by standard input.');
}
