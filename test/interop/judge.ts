import { spawn } from 'node:child_process';

/** What a program outside this project said. */
export interface Judgement {
  readonly status: number;
  /** Standard output and standard error together. */
  readonly said: string;
}

/** A program that is not ours and judges what we make. One that is missing fails the test and says how to get it. */
export class Judge {
  constructor(
    private readonly command: string,
    private readonly install: string,
    private readonly before: readonly string[] = [],
  ) {}

  /** Runs it; never throws for what it finds. */
  async hear(words: readonly string[], options: { readonly input?: string; readonly cwd?: string } = {}) {
    return new Promise<Judgement>((resolve, reject) => {
      const child = spawn(this.command, [...this.before, ...words], { cwd: options.cwd });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      child.once('error', () => reject(new Error(`${this.command} is missing. Install it: ${this.install}`)));
      child.once('close', (code) => resolve({ status: code ?? -1, said }));
      child.stdin.on('error', () => undefined).end(options.input ?? '');
    });
  }

  /** Prints which version judges, for docs/interop.md. */
  async introduce(name: string, words: readonly string[]): Promise<void> {
    const { status, said } = await this.hear(words);
    if (status !== 0) throw new Error(`${name} does not run: ${said}\nInstall it: ${this.install}`);
    process.stdout.write(`judge: ${name} ${said.trim().split('\n')[0]!}\n`);
  }
}
