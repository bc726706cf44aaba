/** What the registry knows by one of the names that were asked for. */
export interface Registered {
  /** The name that it is known by: one that was asked for. */
  readonly identifier: string;
  readonly identityId: string;
  readonly identityName: string;
  readonly identityStatus: 'pending' | 'active' | 'suspended' | 'retired';
  /** The credential, where the name is one's; null where it is the identity's own. */
  readonly credentialId: string | null;
  /** Why the credential should open nothing any more; null while it may, and for identities. */
  readonly ended: 'revoked' | 'expired' | null;
}

/**
 * Who is registered by which name. Asked for many names at once, and for nothing but those: the whole registry is never loaded.
 */
export interface Registry {
  /** @param names `fingerprint:` and the keyed fingerprint in hexadecimal, and whatever `identifiers.ts` writes */
  lookUp(names: readonly string[]): Promise<readonly Registered[]>;
}

/** Answers by name. A name that two identities have answers with both. */
export type Answers = ReadonlyMap<string, readonly Registered[]>;

export function answersOf(registered: readonly Registered[]): Answers {
  const answers = new Map<string, Registered[]>();
  for (const one of registered) {
    const known = answers.get(one.identifier);
    if (known) known.push(one);
    else answers.set(one.identifier, [one]);
  }
  return answers;
}
