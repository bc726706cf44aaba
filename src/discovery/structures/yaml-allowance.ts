import { StructureError } from './errors.js';

/** Of what people write, a million take a second; of what is made to take long, a few. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** Has as much read as YAML as people have of it in earnest, of all files together: one a thread. */
export class YamlAllowance {
  constructor(private left = MOST_CHARACTERS) {}

  /**
   * Takes what is to be read; where so much is not left, nothing.
   *
   * @throws StructureError `structure_too_large`
   */
  take(characters: number): void {
    if (characters > this.left)
      throw new StructureError(
        'structure_too_large',
        'More YAML in all files than is read of them: it is read as text.',
      );
    this.left -= characters;
  }
}
