import { Fragment } from 'react';
import { Party } from './party.js';

const PERSON = /(per_[0-9a-f]{32})/;

/** Words of the service with people by name, as far as the reader may see it; what is signed keeps the ids. */
export function Named({ words }: { readonly words: string }) {
  return words
    .split(PERSON)
    .map((part, at) => (PERSON.test(part) ? <Party key={at} id={part} /> : <Fragment key={at}>{part}</Fragment>));
}
