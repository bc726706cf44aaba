import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { inTime, withDeadline } from './deadline.js';

const never = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

it('ends what takes too long, though memory is collected meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const asked = withDeadline(new AbortController().signal, 300, (signal) => fetch(url, { signal }));
  const ended = expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
  await sleep(50);
  collect();
  await ended;
  silent.closeAllConnections();
  silent.close();
});

it('ends with the signal, also with one that has ended', async () => {
  const closing = new AbortController();
  const asked = withDeadline(closing.signal, 60_000, never);
  closing.abort(new Error('closing'));
  await expect(asked).rejects.toThrow('closing');
  await expect(withDeadline(closing.signal, 60_000, async (signal) => signal.throwIfAborted())).rejects.toThrow(
    'closing',
  );
});

it('gives what came in time', async () => {
  await expect(withDeadline(new AbortController().signal, 60_000, async () => 'come')).resolves.toBe('come');
});

it('waits for what is done no longer than so long, and for what comes in time', async () => {
  await expect(inTime(1, new Promise(() => undefined), () => 'late')).resolves.toBe('late');
  await expect(inTime(60_000, Promise.resolve('come'), () => 'late')).resolves.toBe('come');
  await expect(inTime(60_000, Promise.reject(new Error('it fails')), () => 'late')).rejects.toThrow('it fails');
});
