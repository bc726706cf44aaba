import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { errorsOf } from '../../src/kernel/index.js';
import { ControlSocket } from '../../src/platform/index.js';

class TeaError extends errorsOf('TeaError', { tea_cold: 'conflict' }) {}

let directory: string;
let socket: ControlSocket;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'muster-control-'));
  socket = new ControlSocket();
  socket.handle('echo', z.strictObject({ word: z.string() }), async ({ word }) => ({ word }));
  socket.handle('tea', z.strictObject({}), async () => {
    throw new TeaError('tea_cold', 'Make it again.', { cause: 'secret' });
  });
  socket.handle('fault', z.strictObject({}), async () => {
    throw new Error('secret');
  });
});

afterEach(async () => {
  await socket.close();
  await rm(directory, { recursive: true });
});

function send(path: string, text: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const client = connect(path, () => client.write(text));
    client.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    client.on('end', () => resolve(JSON.parse(answer))).on('error', reject);
  });
}

describe('the control socket', () => {
  it('answers one line with one line, for its owner alone', async () => {
    const path = await socket.listen(directory);
    expect(path).toBe(join(directory, 'control.sock'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await send(path, '{"method":"echo","params":{"word":"hi"}}\n')).toEqual({ result: { word: 'hi' } });
  });

  it.each([
    ['what is not JSON', 'hello\n', 'control_request_malformed'],
    ['what is not an object', 'null\n', 'control_request_malformed'],
    ['an unknown method', '{"method":"drop"}\n', 'control_request_unknown'],
    ['wrong parameters', '{"method":"echo","params":{"word":7}}\n', 'control_request_malformed'],
    ['unknown parameters', '{"method":"echo","params":{"word":"hi","loud":true}}\n', 'control_request_malformed'],
    ['an endless line', 'x'.repeat(20_000), 'control_request_malformed'],
    ['what the handler refuses', '{"method":"tea"}\n', 'tea_cold'],
    ['a fault, without saying which', '{"method":"fault"}\n', 'internal'],
  ])('refuses %s', async (_what, line, code) => {
    const answer = await send(await socket.listen(directory), line);
    expect(answer).toMatchObject({ error: { code } });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it('lies where the pointer file says when the path is too long for a socket', async () => {
    const deep = join(directory, 'a'.repeat(60), 'b'.repeat(60));
    await mkdir(deep, { recursive: true });
    const path = await socket.listen(deep);
    expect(await readFile(join(deep, 'control.sock.path'), 'utf8')).toBe(path);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    expect((await stat(join(deep, 'control.sock.path'))).mode & 0o777).toBe(0o600);
    expect(await send(path, '{"method":"echo","params":{"word":"hi"}}\n')).toEqual({ result: { word: 'hi' } });
    await socket.close();
    expect(await readdir(deep)).toEqual([]);
    await expect(stat(dirname(path))).rejects.toThrow('ENOENT');
  });

  it('replaces what a dead process left', async () => {
    const path = await socket.listen(directory);
    await link(path, `${path}.left`);
    await socket.close();
    await rename(`${path}.left`, path);
    const next = new ControlSocket();
    expect(await next.listen(directory)).toBe(path);
    await next.close();
  });

  it.each([
    ['beside the data', ''],
    ['elsewhere', `${'a'.repeat(60)}/${'b'.repeat(60)}`],
  ])('refuses to be shared by two living processes, when it lies %s', async (_where, below) => {
    const data = join(directory, below);
    await mkdir(data, { recursive: true });
    const path = await socket.listen(data);
    const second = new ControlSocket();
    await expect(second.listen(data)).rejects.toMatchObject({ code: 'control_socket_in_use' });
    await second.close();
    expect(await send(path, '{"method":"echo","params":{"word":"still"}}\n')).toEqual({ result: { word: 'still' } });
  });
});
