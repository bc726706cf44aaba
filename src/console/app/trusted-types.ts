interface TrustedTypes {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown;
}

/**
 * The one Trusted Types policy of the console: text becomes markup only where it has no `<`, which is to say, as the
 * content of a style element. Whoever smuggles markup into React or a library gets an error instead of an element.
 */
export function installTrustedTypes(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy('default', {
    createHTML: (text) => {
      if (text.includes('<')) throw new TypeError('Markup made of text is refused here.');
      return text;
    },
  });
}
