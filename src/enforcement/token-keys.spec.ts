import { describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import { TokenKeys } from './token-keys.js';

const { publicKey } = await generateKeyPair('ES256', { extractable: true });
const jwk = await exportJWK(publicKey);

class Publisher {
  asked = 0;
  now = 0;
  kids: string[] = ['k1'];
  status = 200;

  readonly keys = new TokenKeys(
    { getPublic: () => this.answer() },
    { instruments: { now: () => new Date(0), monotonic: () => this.now, random: () => 0 } },
  );

  find(kid: string) {
    return this.keys.find({ alg: 'ES256', kid }, { payload: '', signature: '' });
  }

  private async answer() {
    this.asked += 1;
    return {
      status: this.status,
      body: JSON.stringify({ keys: this.kids.map((kid) => ({ ...jwk, kid, alg: 'ES256' })) }),
    };
  }
}

describe('the keys of tokens', () => {
  it('are fetched once, also for many at a time', async () => {
    const publisher = new Publisher();
    await Promise.all([publisher.find('k1'), publisher.find('k1')]);
    await publisher.find('k1');
    expect(publisher.asked).toBe(1);
  });

  it('are fetched again for one that is new, but not for each that a caller makes up', async () => {
    const publisher = new Publisher();
    await publisher.find('k1');
    publisher.now = 6000;
    publisher.kids = ['k1', 'k2'];
    await publisher.find('k2');
    expect(publisher.asked).toBe(2);
    for (let made = 0; made < 10; made += 1) await expect(publisher.find(`evil${made}`)).rejects.toThrow();
    expect(publisher.asked).toBe(2);
  });

  it('are fetched again after ten minutes, so that a withdrawn one is believed no longer', async () => {
    const publisher = new Publisher();
    await publisher.find('k1');
    publisher.kids = ['k2'];
    publisher.now = 600_001;
    await expect(publisher.find('k1')).rejects.toThrow();
  });

  it('are none when the service does not give them', async () => {
    const publisher = new Publisher();
    publisher.status = 503;
    await expect(publisher.find('k1')).rejects.toMatchObject({ code: 'service_refused' });
  });
});
