/** What an action or a record of it is called where people read it. */
const DEEDS: Readonly<Record<string, string>> = {
  'access.denied': 'Access denied',
  'crl.published': 'Revocation list published',
  'identity.activate': 'Activate an identity',
  'identity.change': 'Change an identity',
  'identity.hand-over': 'Hand over an identity',
  'identity.handed-over': 'Identity handed over',
  'sign-in.token-created': 'Sign-in token created',
};

/** “identity.suspended” → “Identity suspended”. */
export function deed(type: string): string {
  const known = DEEDS[type];
  if (known !== undefined) return known;
  const [noun = '', verb = ''] = type.split('.');
  return sentence(`${noun.replaceAll('-', ' ')} ${verb.replaceAll('-', ' ')}`.trim());
}

/** A code as words: “order-entry” → “order entry”. */
export function plain(code: string): string {
  return code.replaceAll(/[-_]/g, ' ');
}

export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
