import { spawn } from 'node:child_process';

type Opener = readonly [command: string, ...words: string[]];

/** The person's own browser on this machine, if there is one to open. */
export class Browser {
  private constructor(private readonly opener: Opener | undefined) {}

  /** None where `MUSTER_NO_BROWSER` is set, over SSH, and on a Linux without a display. */
  static ofUser(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Browser {
    if (environment['MUSTER_NO_BROWSER'] || environment['SSH_CONNECTION'] || environment['CI'])
      return new Browser(undefined);
    if (platform === 'darwin') return new Browser(['open']);
    if (platform === 'win32') return new Browser(['rundll32', 'url.dll,FileProtocolHandler']);
    const display = environment['DISPLAY'] ?? environment['WAYLAND_DISPLAY'];
    return new Browser(display ? [environment['BROWSER'] ?? 'xdg-open'] : undefined);
  }

  get isThere(): boolean {
    return this.opener !== undefined;
  }

  /** @returns whether a browser was started; what it shows, nobody knows */
  open(url: string): Promise<boolean> {
    if (!this.opener) return Promise.resolve(false);
    const [command, ...words] = this.opener;
    return new Promise((resolve) => {
      const child = spawn(command, [...words, url], { stdio: 'ignore', detached: true });
      child.once('error', () => resolve(false));
      child.once('spawn', () => (child.unref(), resolve(true)));
    });
  }
}
