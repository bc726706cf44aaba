import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScannedRepository } from '../../src/cli/tour/scanned-repository.js';
import { GitRepository } from '../discovery/git-repository.js';

describe('the tour’s copy of a repository', () => {
  let original: GitRepository;
  let copy: ScannedRepository;

  /** The status, and what stands in the header that asks for a password. */
  const ask = (path: string, token?: string): Promise<[number | undefined, string | undefined]> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(copy.url);
      const auth = token === undefined ? {} : { auth: `${copy.access.user}:${token}` };
      request({ hostname, port, path, ca: copy.caPem, agent: false, ...auth }, (answer) => {
        answer.resume().once('end', () => resolve([answer.statusCode, answer.headers['www-authenticate']]));
      })
        .once('error', reject)
        .end();
    });

  beforeAll(async () => {
    original = GitRepository.create();
    original.commit({ 'notes.txt': 'ours alone\n' });
    copy = await ScannedRepository.copy(original.folder);
  });
  afterAll(async () => {
    await copy.remove();
    original.remove();
  });

  it('is served to whoever knows its token, and to nobody else on the machine', async () => {
    const head = '/repository.git/HEAD';
    const asked = [401, expect.stringMatching(/^Basic /)];
    expect(await ask(head)).toEqual(asked);
    expect(await ask(head, 'x'.repeat(copy.access.token.length))).toEqual(asked);
    expect(await ask('/repository.git/info/refs?service=git-upload-pack', copy.access.token)).toEqual([200, undefined]);
  });

  it.each(['//', '/repository.git/../HEAD', 'http://[', '/repository.git/objects', '*'])(
    'has nothing at %s, and goes on',
    async (target) => {
      expect(await ask(target)).toEqual([401, expect.anything()]);
      expect(await ask(target, copy.access.token)).toEqual([404, undefined]);
    },
  );
});
