export function Enrolment(_: { readonly onEnrolled: () => void }) {
  return null;
}
