/**
 * What a page of the console may do, and no more (CSP Level 3): its own script, its own style, style elements made by
 * that script which carry this response's nonce, requests to its own origin. No frame around it, no form out of it.
 *
 * Scripts write markup through the one Trusted Types policy that `app/trusted-types.ts` makes, which lets only text
 * without a `<` pass: the content of style elements.
 *
 * @param nonce of this response alone, base64
 */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');
}

/** Powers of the browser that the console uses: its own passkeys, and writing what somebody asked to copy. */
export const PERMISSIONS_POLICY = [
  'publickey-credentials-get=(self)',
  'publickey-credentials-create=(self)',
  'clipboard-write=(self)',
  ...['camera', 'microphone', 'geolocation', 'payment', 'usb', 'hid', 'serial', 'display-capture'].map(
    (power) => `${power}=()`,
  ),
].join(', ');
