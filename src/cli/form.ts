/** How the OAuth endpoints are spoken to (RFC 6749, Appendix B). */
export const FORM = {
  bodySerializer: (body: unknown) => new URLSearchParams(body as Record<string, string>).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
} as const;
