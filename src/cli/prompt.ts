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

const MOST_BYTES = 1024 * 1024;

/** All of standard input. @throws CliError `option_missing` where it is a terminal, `file_unreadable` where it is endless */
export async function readStandardInput(): Promise<Buffer> {
  if (process.stdin.isTTY)
    throw new CliError('option_missing', 'Nothing comes by standard input: pipe it in, or name a file.');
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    if ((bytes += part.length) > MOST_BYTES)
      throw new CliError('file_unreadable', 'Standard input is larger than what is read from it.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}
