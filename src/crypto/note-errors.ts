import { errorsOf } from '../kernel/index.js';

/** Ways a signed note, its key or a checkpoint in it is refused. */
export class NoteError extends errorsOf('NoteError', {
  checkpoint_malformed: 'invalid',
  note_forged: 'invalid',
  note_key_malformed: 'invalid',
  note_malformed: 'invalid',
  note_unsigned: 'invalid',
}) {}
