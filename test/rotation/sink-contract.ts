import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Id } from '../../src/kernel/index.js';
import type { Delivery, Sink } from '../../src/rotation/domain/sink.js';
import type { Tools } from '../../src/rotation/sinks/kind.js';

export const ROTATION_ID: Id<'rotation'> = `rot_${'a'.repeat(32)}`;

export const deliveryOf = (version: number): Delivery => ({
  rotation: 'orders',
  version,
  account: version % 2 === 0 ? 'orders_a' : 'orders_b',
  keyId: null,
  secret: `canary-secret-of-version-${version}`,
  expiresAt: null,
  previousVersion: null,
});

/** Tools as the service gives them, over Node's own client. */
export function testTools(more: Partial<Tools> = {}): Tools {
  return {
    async ask({ url, ...init }) {
      const answer = await fetch(url, init);
      const body = Buffer.from(await answer.arrayBuffer());
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body };
    },
    digest: (text) => createHmac('sha256', 'test').update(text).digest('hex'),
    folders: [],
    now: () => new Date(),
    ...more,
  };
}

/** One place, as a test of its kind prepares it. */
export interface Place {
  /** Makes it empty. */
  readonly empty: () => Promise<void>;
  readonly sink: () => Sink;
  /** The secret that whoever reads there finds; undefined where nothing stands. */
  readonly standing: () => Promise<string | undefined>;
  /** Somebody else writes there. */
  readonly meddle: () => Promise<void>;
  /** With an access that is refused; left out where nothing opens the place. */
  readonly refused?: () => Promise<Sink>;
  /** While it is away; left out where it never is. */
  readonly away?: () => Promise<Sink>;
  /** Whether it says itself which version of ours stands there. */
  readonly marks: boolean;
  /** Whether it, or the look right before, keeps what somebody else wrote meanwhile. */
  readonly checks: boolean;
  readonly close?: () => Promise<void>;
}

/** What every place keeps to. */
export function keepsToTheSinkContract(name: string, open: () => Promise<Place>): void {
  describe(`${name}, as a place to deliver to`, () => {
    let place: Place;

    beforeAll(async () => {
      place = await open();
    });
    afterAll(() => place.close?.());
    beforeEach(() => place.empty());

    const deliver = async (version: number) => {
      const sink = place.sink();
      await sink.write(deliveryOf(version), await sink.look());
      const found = await place.sink().look();
      expect(found?.version).toBe(place.marks ? version : null);
      return found!;
    };
    const standing = async () => expect(await place.standing());

    it('shows nothing where nothing stands', async () => {
      expect(await place.sink().look()).toBeUndefined();
    });

    it('has what was delivered, and shows it by another request', async () => {
      await deliver(1);
      (await standing()).toBe(deliveryOf(1).secret);
    });

    it('has it no differently when it is delivered again', async () => {
      const first = await deliver(1);
      const again = await deliver(1);
      (await standing()).toBe(deliveryOf(1).secret);
      if (place.marks) expect(again.version).toBe(first.version);
    });

    it('has the next version in its place, and can go back', async () => {
      const revisions = [];
      for (const version of [1, 2, 1]) {
        revisions.push((await deliver(version)).revision);
        (await standing()).toBe(deliveryOf(version).secret);
      }
      expect(revisions[1]).not.toBe(revisions[0]);
    });

    it('knows beforehand as what it will be found, where it says so', async () => {
      const foreseen = place.sink().revisionOf?.(deliveryOf(1));
      const { revision } = await deliver(1);
      if (foreseen !== undefined) expect(foreseen).toBe(revision);
    });

    it('shows that somebody else changed it', async () => {
      const { revision } = await deliver(1);
      await place.meddle();
      expect((await place.sink().look())?.revision).not.toBe(revision);
    });

    it('keeps what somebody else wrote since it was looked at', async () => {
      await deliver(1);
      const sink = place.sink();
      const seen = await sink.look();
      await place.meddle();
      if (!place.checks) return;
      await expect(sink.write(deliveryOf(2), seen)).rejects.toMatchObject({ code: 'changed_elsewhere' });
      (await standing()).not.toBe(deliveryOf(2).secret);
    });

    it('says that it is refused, and nothing of what was to be delivered (P9)', async () => {
      const sink = await place.refused?.();
      if (!sink) return;
      await expect(sink.look()).rejects.toMatchObject({ code: 'access_refused' });
      const failure: unknown = await sink.write(deliveryOf(1), undefined).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'access_refused' });
      expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('canary');
    });

    it('says that it is away, and may be back', async () => {
      const sink = await place.away?.();
      if (sink) await expect(sink.look()).rejects.toMatchObject({ kind: 'unavailable' });
    });
  });
}
