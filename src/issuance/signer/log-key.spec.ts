import { beforeEach, describe, expect, it } from '@jest/globals';
import { noteKey, openNote } from '../../crypto/index.js';
import { LogKey, newLogKey } from './log-key.js';

const pkcs8 = newLogKey();
const ORIGIN = 'log.example/muster';
const checkpoint = (size: number, root = 1) => `${ORIGIN}\n${size}\n${Buffer.alloc(32, root).toString('base64')}\n`;

let key: LogKey;
beforeEach(() => {
  key = new LogKey(pkcs8);
});

describe('the log’s key', () => {
  it('signs a checkpoint as a note in the name of the log (C2SP signed-note)', () => {
    expect(openNote(key.sign(checkpoint(7)), noteKey(ORIGIN, key.publicKey))).toBe(checkpoint(7));
  });

  it('signs a log that grows, and the same checkpoint again', () => {
    for (const size of [0, 7, 7, 8]) key.sign(checkpoint(size));
  });

  it.each([
    ['is no checkpoint', 'Please pay 100 EUR to Mallory\n'],
    ['has an extension line', `${checkpoint(8)}more\n`],
    ['is smaller than the last', checkpoint(6)],
    ['forks the log at the same size', checkpoint(7, 2)],
    ['names another log', checkpoint(8).replace('log.example', 'evil.example')],
  ])('signs nothing that %s', (_why, text) => {
    key.sign(checkpoint(7));
    expect(() => key.sign(text)).toThrow(expect.objectContaining({ code: 'checkpoint_refused' }));
  });

  it('is not misled by what it refused', () => {
    key.sign(checkpoint(7));
    expect(() => key.sign(checkpoint(3))).toThrow();
    key.sign(checkpoint(7));
  });

  it('goes on from what an earlier process published', async () => {
    const published = new LogKey(pkcs8).sign(checkpoint(7));
    await key.recall(async () => published);
    expect(() => key.sign(checkpoint(6))).toThrow(expect.objectContaining({ code: 'checkpoint_refused' }));
    expect(() => key.sign(checkpoint(7, 2))).toThrow(expect.objectContaining({ code: 'checkpoint_refused' }));
    key.sign(checkpoint(8));
  });

  it('signs the first checkpoint of a log that has published none', async () => {
    await key.recall(async () => undefined);
    key.sign(checkpoint(1));
  });

  it.each([
    ['another key', new LogKey(newLogKey()).sign(checkpoint(7))],
    ['nobody', `${checkpoint(7)}\n`],
  ])('does not go on from what %s signed', async (_who, published) => {
    await expect(key.recall(async () => published)).rejects.toMatchObject({ code: 'checkpoint_refused' });
  });
});
