const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i;
const ALL_DIGITS = /^\d+$/;
const MAX_LENGTH = 253;

/** Whether it is a host name in the preferred syntax (RFC 1034 §3.5, RFC 1123 §2.1), and not an IPv4 address. */
export function isHostName(name: string): boolean {
  const labels = name.split('.');
  return name.length <= MAX_LENGTH && labels.every((label) => LABEL.test(label)) && !ALL_DIGITS.test(labels.at(-1)!);
}

/**
 * Whether a DNS name may stand in a certificate: a host name, or `*.` before one of at least two labels. A wildcard
 * directly below a top-level domain would speak for everyone there.
 */
export function isDnsName(name: string): boolean {
  const base = wildcardBase(name);
  return base === undefined ? isHostName(name) : isHostName(base) && base.includes('.');
}

/** What follows `*.` in a wildcard name; undefined for other names. */
export function wildcardBase(name: string): string | undefined {
  return name.startsWith('*.') ? name.slice(2) : undefined;
}

/** Whether the name is the domain or lies below it; the empty domain holds every name. */
export function isWithinDomain(name: string, domain: string): boolean {
  const [lower, base] = [name.toLowerCase(), domain.toLowerCase()];
  return base === '' || lower === base || lower.endsWith(`.${base}`);
}
