import { Injectable, Logger, type OnModuleInit, Optional } from '@nestjs/common';
import { LogReader } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { addSeconds } from '../../kernel/index.js';
import { Config, Jobs, Mailer, MailError, Metrics, SystemClock, UnitOfWork } from '../../platform/index.js';
import { CLAIM_SECONDS, GIVE_UP_SECONDS, nextTry, write } from './domain/letter.js';
import { occasionOf } from './domain/occasion.js';
import { Letters } from './letters.js';
import { LettersRepository, type WaitingLetter } from './letters.repository.js';
import { LetterReaders } from './readers.js';

const EVERY_SECONDS = 5;
const READ_AT_ONCE = 500;
const SENT_AT_ONCE = 20;

/**
 * Reads the log, decides whom to write to, and sends what waits: each letter at least once, and once only unless a process
 * dies between the server's answer and noting it. Off where no mail server is configured.
 */
@Injectable()
export class LettersJobs implements OnModuleInit {
  private readonly logger = new Logger('Letters');

  constructor(
    private readonly jobs: Jobs,
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly log: LogReader,
    private readonly letters: LettersRepository,
    private readonly authors: Letters,
    private readonly readers: LetterReaders,
    private readonly people: People,
    private readonly clock: SystemClock,
    private readonly mailer: Mailer,
    @Optional() private readonly metrics?: Metrics,
  ) {}

  onModuleInit(): void {
    if (!this.mailer.isOn) return;
    this.jobs.every('letters.write', EVERY_SECONDS, () => this.turn());
    this.metrics?.gauge('muster_letters', 'Letters by what became of them; those given up were never sent.', () =>
      this.unitOfWork.read((tx) => this.letters.countByState(tx)),
    );
  }

  /** One turn: what the log holds that is new, then what is due. */
  async turn(): Promise<void> {
    while ((await this.read()) === READ_AT_ONCE);
    while ((await this.send()) === SENT_AT_ONCE);
    await this.unitOfWork.run((tx) => this.letters.removeOld(tx, this.clock.now()));
  }

  /** Notes whom to write to about what the log holds that is new; the cursor moves in the same transaction. */
  private read(): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const cursor = await this.letters.lockCursor(tx);
      if (cursor === undefined) {
        await this.letters.beginAt(tx, (await this.log.size()) - 1);
        return 0;
      }
      const at = this.clock.now();
      const entries = await this.log.readAfter(cursor, READ_AT_ONCE);
      for (const entry of entries) {
        const occasion = occasionOf(entry.type, entry.subject);
        if (!occasion) continue;
        const people = await this.readers.of(tx, occasion.readers, entry.at, at);
        await this.letters.add(tx, occasion.letter, occasion.about, people, String(entry.index), at);
      }
      if (entries.length > 0) await this.letters.moveTo(tx, entries.at(-1)!.index);
      return entries.length;
    });
  }

  private async send(): Promise<number> {
    const at = this.clock.now();
    const claimed = await this.unitOfWork.run((tx) =>
      this.letters.claim(tx, at, addSeconds(at, CLAIM_SECONDS), SENT_AT_ONCE),
    );
    for (const letter of claimed) await this.sendOne(letter);
    return claimed.length;
  }

  private async sendOne(letter: WaitingLetter): Promise<void> {
    const failure = await this.deliver(letter);
    const at = this.clock.now();
    const late = at >= addSeconds(letter.createdAt, GIVE_UP_SECONDS);
    const idle = failure === 'nobody' || failure === 'nothing';
    const givenUp = failure === 'mail_refused' || idle || (failure !== null && late);
    if (failure !== null && !idle)
      this.logger.warn({ message: 'A letter was not taken.', code: failure, attempt: letter.attempts });
    await this.unitOfWork.run((tx) => {
      if (failure === null) return this.letters.end(tx, letter.id, 'sent', null, at);
      if (givenUp) return this.letters.end(tx, letter.id, 'given-up', failure, at);
      return this.letters.postpone(tx, letter.id, nextTry(letter.attempts, at), failure);
    });
  }

  /** @returns why it did not leave, or null */
  private async deliver(letter: WaitingLetter): Promise<string | null> {
    const reader = await this.people.addressOf(letter.personId);
    if (!reader) return 'nobody';
    const words = await this.authors.wordsOf(letter);
    if (!words) return 'nothing';
    try {
      const text = write(words, reader.name, this.config.publicUrl);
      await this.mailer.send({ id: `letter-${letter.id}`, to: reader.email, ...text });
      return null;
    } catch (error) {
      if (error instanceof MailError) return error.code;
      throw error;
    }
  }
}
