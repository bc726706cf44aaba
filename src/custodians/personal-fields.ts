import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Keystore } from '../platform/index.js';
import { normalEmail } from './domain/email.js';
import { beginningOf, beginningsOf } from './domain/name-beginnings.js';
import type { Person } from './domain/person.js';

/** What lists and pages show in place of the name of somebody who was forgotten. */
export const REMOVED_PERSON = 'removed person';

/** A person with what their key opens. */
export interface SeenPerson {
  readonly person: Person;
  readonly name: string;
  /** Null for the removed. */
  readonly email: string | null;
}

export interface SealedFields {
  readonly nameSealed?: string;
  /** Present with a sealed name: what it is found by. */
  readonly nameIndex?: readonly Buffer[];
  readonly emailSealed?: string;
  /** Present with a sealed e-mail: what keeps it unique. */
  readonly emailIndex?: Buffer;
}

/** By what somebody is looked for: the digest of a name's beginning, or of a whole e-mail address. */
export type Sought =
  | { readonly kind: 'name'; readonly digest: Buffer }
  | { readonly kind: 'email'; readonly digest: Buffer };

/** 96 bits of a digest: two beginnings never meet, and an index of many stays small. */
const NAME_DIGEST_BYTES = 12;

/** Seals and opens people's names and e-mail addresses, each under its person's own key. */
@Injectable()
export class PersonalFields {
  constructor(private readonly keystore: Keystore) {}

  newKey(id: Id<'person'>): Buffer {
    return this.keystore.newPersonKey(id);
  }

  /** @throws CustodyError `email_invalid` */
  seal(key: Buffer, id: Id<'person'>, name: string, email: string): Required<SealedFields> {
    return { ...this.sealName(key, id, name), ...this.sealEmail(key, id, normalEmail(email)) };
  }

  /** Seals what differs from what is stored; sealing an equal text again would look like a change. */
  reseal(
    key: Buffer,
    seen: SeenPerson,
    wanted: { name?: string | undefined; email?: string | undefined },
  ): SealedFields {
    const email = wanted.email === undefined ? undefined : normalEmail(wanted.email);
    return {
      ...(wanted.name !== undefined && wanted.name !== seen.name && this.sealName(key, seen.person.id, wanted.name)),
      ...(email !== undefined && email !== seen.email && this.sealEmail(key, seen.person.id, email)),
    };
  }

  /** @param key undefined when it was destroyed */
  open(key: Buffer | undefined, person: Person): SeenPerson {
    const { id, nameSealed, emailSealed } = person;
    if (!key || nameSealed === null || emailSealed === null) return { person, name: REMOVED_PERSON, email: null };
    return {
      person,
      name: this.keystore.openPersonal(key, id, 'name', nameSealed),
      email: this.keystore.openPersonal(key, id, 'email', emailSealed),
    };
  }

  /** What a name is found by: keyed digests of how it begins at each of its words. */
  indexName(name: string): readonly Buffer[] {
    return beginningsOf(name).map((beginning) => this.nameDigest(beginning));
  }

  /**
   * By what to look for somebody, from what was typed: the beginning of a name, or a whole e-mail address.
   *
   * @returns undefined where it can be nobody's
   */
  sought(typed: string): Sought | undefined {
    if (typed.includes('@')) {
      const email = emailOr(typed);
      return email === undefined
        ? undefined
        : { kind: 'email', digest: this.keystore.blindIndex('person.email', email) };
    }
    const beginning = beginningOf(typed);
    return beginning === undefined ? undefined : { kind: 'name', digest: this.nameDigest(beginning) };
  }

  private nameDigest(beginning: string): Buffer {
    return this.keystore.blindIndex('person.name', beginning).subarray(0, NAME_DIGEST_BYTES);
  }

  private sealName(key: Buffer, id: Id<'person'>, name: string): { nameSealed: string; nameIndex: readonly Buffer[] } {
    return { nameSealed: this.keystore.sealPersonal(key, id, 'name', name), nameIndex: this.indexName(name) };
  }

  private sealEmail(key: Buffer, id: Id<'person'>, email: string): { emailSealed: string; emailIndex: Buffer } {
    return {
      emailSealed: this.keystore.sealPersonal(key, id, 'email', email),
      emailIndex: this.keystore.blindIndex('person.email', email),
    };
  }
}

function emailOr(typed: string): string | undefined {
  try {
    return normalEmail(typed);
  } catch {
    return undefined;
  }
}
