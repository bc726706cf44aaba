import { describe, expect, it } from '@jest/globals';
import { SupervisedCommand } from './supervised-command.js';

describe('a command that runs in our place', () => {
  it('hears nothing of an event of ours that only goes by a signal’s name', async () => {
    const words = [process.execPath, '-e', 'setTimeout(() => process.exit(5), 200)'];
    const command = new SupervisedCommand(words, () => process.env, 1000);
    await command.start();
    process.emit('SIGTERM');
    expect(await command.ended).toBe(5);
    command.release();
  });

  it('hears no signal any more once it is released', async () => {
    const hearing = () => ['SIGTERM', 'SIGWINCH'].map((signal) => process.listenerCount(signal));
    const before = hearing();
    const command = new SupervisedCommand([process.execPath, '-e', ''], () => process.env, 1000);
    await command.start();
    expect(hearing()).toEqual(before.map((count) => count + 1));
    await command.ended;
    command.release();
    expect(hearing()).toEqual(before);
  });
});
