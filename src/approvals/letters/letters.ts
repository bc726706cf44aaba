import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Mailer, SystemClock, type Tx } from '../../platform/index.js';
import { isLetterKind, type Words, wordsOf } from './domain/letter.js';
import { LettersRepository } from './letters.repository.js';

/** A letter that is about to leave. */
export interface LeavingLetter {
  readonly kind: string;
  readonly about: string;
  readonly occasion: string;
  readonly personId: Id<'person'>;
}

/** Says what a letter is to say, as things are when it leaves; undefined where nothing is left to be said. */
export type Author = (letter: LeavingLetter) => Promise<Words | undefined>;

/** The letters of rooms above: each kind has its author, who is asked only when one is about to leave. */
@Injectable()
export class Letters {
  private readonly authors = new Map<string, Author>();

  constructor(
    private readonly letters: LettersRepository,
    private readonly clock: SystemClock,
    private readonly mailer: Mailer,
  ) {}

  /** Names a kind of letter and who says what is in it. */
  define(kind: string, author: Author): void {
    if (this.authors.has(kind) || isLetterKind(kind)) throw new Error(`The letter ${kind} is defined twice.`);
    this.authors.set(kind, author);
  }

  /**
   * Has people written to in the caller's transaction: each once, however often it is asked for. Where no mail server is
   * configured nobody is.
   *
   * @param about what the letter is about, an opaque id
   * @param occasion what keeps two of a kind about the same thing apart
   */
  async write(tx: Tx, kind: string, about: string, people: readonly Id<'person'>[], occasion: string): Promise<void> {
    if (!this.authors.has(kind)) throw new Error(`There is no letter ${kind}.`);
    if (this.mailer.isOn && people.length > 0)
      await this.letters.add(tx, kind, about, people, occasion, this.clock.now());
  }

  /** What a letter says now. @returns undefined where nothing is left to be said */
  async wordsOf(letter: LeavingLetter): Promise<Words | undefined> {
    if (isLetterKind(letter.kind)) return wordsOf(letter.kind, letter.about);
    return this.authors.get(letter.kind)?.(letter);
  }
}
