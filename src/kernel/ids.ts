/**
 * Identifiers: a typed prefix, an underscore and the 32 hexadecimal digits of a UUIDv7 (RFC 9562 §5.7), for example
 * `mid_0192f0c1a2b37c4d8e5f60718293a4b5`. They sort by the millisecond they were made in and mean nothing else:
 * clients treat them as opaque. One is never given twice.
 */
export const ID_PREFIXES = {
  alias: 'als',
  approval: 'apr',
  authenticator: 'ath',
  authority: 'aut',
  authorizationCode: 'acd',
  breakGlass: 'bgl',
  calendar: 'cal',
  campaign: 'cmp',
  ceremony: 'cer',
  certificate: 'crt',
  crl: 'crl',
  decision: 'dec',
  delegation: 'dlg',
  deviceAuthorization: 'dau',
  finding: 'fnd',
  grant: 'grt',
  human: 'hmn',
  identity: 'mid',
  installation: 'ins',
  intent: 'int',
  invitation: 'inv',
  joinToken: 'jtk',
  person: 'per',
  profile: 'prf',
  provider: 'prv',
  receipt: 'rcp',
  registeredKey: 'key',
  request: 'req',
  reviewEffect: 'rve',
  reviewException: 'rvx',
  reviewItem: 'rvi',
  reviewSchedule: 'rvs',
  reviewSubmission: 'rsb',
  riskAnalysis: 'ran',
  rotation: 'rot',
  rotationConsumer: 'rcn',
  rotationEmergency: 'rem',
  rotationRun: 'rrn',
  rotationSink: 'rsk',
  session: 'ses',
  signingKey: 'sgk',
  source: 'src',
  sourceRun: 'srn',
  stepUp: 'stu',
  target: 'tgt',
  targetAccount: 'acc',
  team: 'tem',
  token: 'tok',
  trust: 'trs',
  view: 'vew',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;
export type Id<Kind extends IdKind = IdKind> = `${(typeof ID_PREFIXES)[Kind]}_${string}`;

const HEX_32 = /^[0-9a-f]{32}$/;

/**
 * Makes an identifier from an instant and randomness; the same arguments make the same identifier.
 *
 * @param at milliseconds since 1970, below 2^48
 * @param random at least 10 bytes of which 74 bits are used
 */
export function idFrom<Kind extends IdKind>(kind: Kind, at: number, random: Uint8Array): Id<Kind> {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(at) << 16n);
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return `${ID_PREFIXES[kind]}_${Buffer.from(bytes).toString('hex')}`;
}

/** Whether the text has the form of an identifier of that kind; says nothing about whether it exists. */
export function isId<Kind extends IdKind>(kind: Kind, text: unknown): text is Id<Kind> {
  const prefix = ID_PREFIXES[kind];
  return typeof text === 'string' && text.startsWith(`${prefix}_`) && HEX_32.test(text.slice(prefix.length + 1));
}
