import {
  awsKey,
  awsPrincipal,
  azureApplication,
  googleAccount,
  kubernetesAccount,
  publicKey,
  serverAccount,
  spiffeId,
} from '../../src/discovery/domain/identifiers.js';
import { Merging } from '../../src/discovery/domain/resolution/merging.js';
import { answersOf, type Registered } from '../../src/discovery/domain/resolution/registry.js';
import {
  accountThing,
  credentialThing,
  fingerprintMark,
  type Thing,
} from '../../src/discovery/domain/resolution/thing.js';
import { resolve } from '../../src/discovery/domain/resolution/verdict.js';
import type { Account, PlantedFirm, Seen } from './planted-firm.js';

/** What of a planted firm is seen, in the order in which it was planted. */
export function sightings(
  firm: PlantedFirm,
): readonly { readonly thing: Thing; readonly number: number; readonly exposed: boolean }[] {
  return firm.things.flatMap(({ seen: all, number }) =>
    all.map((one) => ({ thing: thingOf(one), number, exposed: one.exposed })),
  );
}

function thingOf(one: Seen): Thing {
  if ('account' in one)
    return accountThing({
      ...one.account,
      identifiers: [nameOf(one.names)],
      credentials: one.account.credentials.map((held) => ({ ...held, keyId: held.keyId && awsKey(held.keyId) })),
    });
  const { digest, ...rest } = one.credential;
  return credentialThing({ ...rest, fingerprint: digest });
}

function nameOf(account: Account): string {
  switch (account.kind) {
    case 'aws':
      return awsPrincipal(account.arn)!;
    case 'google':
      return googleAccount(account.email);
    case 'azure':
      return azureApplication(account.clientId);
    case 'postgresql':
    case 'mysql':
    case 'redis':
      return serverAccount(account.kind, account.host, account.port, account.user)!;
    case 'kubernetes':
      return kubernetesAccount(account.issuer, account.namespace, account.name);
    case 'spiffe':
      return spiffeId(account.id)!;
  }
}

function registryOf(firm: PlantedFirm): ReturnType<typeof answersOf> {
  return answersOf(
    firm.identities.flatMap(({ id, name, retired, account, keys, publicKeys }) => {
      const identity = {
        identityId: id,
        identityName: name,
        identityStatus: retired ? ('retired' as const) : ('active' as const),
      };
      return [
        { ...identity, identifier: nameOf(account), credentialId: null, ended: null },
        ...keys.map((key): Registered => ({
          ...identity,
          identifier: fingerprintMark(key.digest),
          credentialId: key.id,
          ended: key.revoked ? 'revoked' : null,
        })),
        ...publicKeys.map((key) => ({
          ...identity,
          identifier: publicKey(key.spki),
          credentialId: key.id,
          ended: null,
        })),
      ];
    }),
  );
}

/** For each planted thing in order: which planted numbers its finding holds, and what it is found to be. */
export function resolved(firm: PlantedFirm) {
  const arriving = sightings(firm);
  const merging = new Merging();
  const places = merging.take(arriving.map(({ thing }) => thing));
  const groups = new Map<number, number[]>();
  const exposed = new Map<number, number>();
  for (const [index, at] of places.entries()) {
    groups.set(at, [...(groups.get(at) ?? []), arriving[index]!.number]);
    exposed.set(at, (exposed.get(at) ?? 0) + Number(arriving[index]!.exposed));
  }
  const holders = new Map<string, (readonly string[])[]>();
  for (const thing of merging.all())
    for (const held of thing.holds) holders.set(held, [...(holders.get(held) ?? []), thing.accounts]);
  const registry = registryOf(firm);
  const first = new Map(arriving.map(({ number }, index) => [number, places[index]!]));
  const order = firm.things.map(({ number }) => first.get(number)!);
  return {
    groups: order.map((at) => groups.get(at)!),
    verdicts: order.map((at) =>
      resolve(merging.all()[at]!, { exposed: exposed.get(at)!, places: groups.get(at)!.length }, { registry, holders }),
    ),
  };
}

/** How a firm was told, against how it was planted. */
export interface Judged {
  readonly things: number;
  /** Things whose sightings are not one finding, or whose finding holds another's. */
  readonly split: number;
  readonly merged: number;
  /** Registered credentials that were not found to be the ones that they are. */
  readonly lost: number;
  /** Things of which verdict or identity is another. */
  readonly wrong: number;
}

export function judged(firm: PlantedFirm): Judged {
  const { groups, verdicts } = resolved(firm);
  const count = (isSo: (index: number) => boolean) => firm.things.filter((_, index) => isSo(index)).length;
  return {
    things: firm.things.length,
    split: count(
      (index) =>
        groups[index]!.filter((one) => one === firm.things[index]!.number).length < firm.things[index]!.seen.length,
    ),
    merged: count((index) => groups[index]!.some((one) => one !== firm.things[index]!.number)),
    lost: count((index) => firm.things[index]!.credentialId !== verdicts[index]!.credentialId),
    wrong: count((index) => {
      const [{ verdict, identityId }, told] = [firm.things[index]!, verdicts[index]!];
      return told.verdict !== verdict || told.identityId !== identityId;
    }),
  };
}
