import { expect, it } from '@jest/globals';
import { personImage, sessionImage, signInTokenImage } from './images.js';
import { invite } from './person.js';
import { startSession } from './session.js';
import { newSignInToken } from './sign-in-token.js';

const at = new Date('2026-03-02T09:00:00Z');

it('keeps in images neither digests of secrets nor a look-up value that would outlive the person’s key', () => {
  const person = invite({ id: 'per_1', nameSealed: 'n', emailSealed: 'e', managerId: null, roles: ['auditor'] }, at);
  const token = newSignInToken({ id: 'inv_1', purpose: 'sign-in', personId: 'per_1', madeBy: 'per_2' }, at);
  const columns = [
    personImage(person),
    sessionImage(startSession('ses_1', 'per_1', at)),
    signInTokenImage(token),
  ].flatMap((image) => Object.keys(image as object));
  expect(columns.filter((column) => /hash|index|key|token$/.test(column))).toEqual([]);
});
