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
});
