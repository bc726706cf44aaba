/**
 * Which rules beyond path validation itself hold: RFC 5280's certificate profile to the letter, or what the CA/Browser
 * Forum makes of it for TLS, which is stricter on leaves and is what our handshakes demand.
 */
export type PathRules = 'rfc5280' | 'webpki';
