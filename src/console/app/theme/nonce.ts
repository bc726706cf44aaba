/**
 * The nonce of this very response, which style elements made by script must carry (CSP Level 3 §6.7). Read before any
 * library makes one; browsers hide it from stylesheets.
 */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// Where react-remove-scroll, under Mantine's modals, looks for it.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;
