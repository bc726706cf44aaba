export function Timeline(_: { readonly identityId: string }) {
  return null;
}
