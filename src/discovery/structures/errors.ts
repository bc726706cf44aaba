import { errorsOf } from '../../kernel/index.js';

/** Why a file is not read as what its path says; it is still scanned as text. No message holds anything of the file. */
export class StructureError extends errorsOf('StructureError', {
  structure_malformed: 'invalid',
  structure_too_deep: 'invalid',
  structure_too_large: 'too-large',
}) {}
