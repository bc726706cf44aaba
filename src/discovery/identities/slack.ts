import type { Clue } from '../domain/finding.js';
import { clueOf, type Reader } from './reader.js';

const BOT = /^xoxb-(\d{8,14})-(\d{8,14})-/;
const USER = /^xoxp-(\d{8,14})-(\d{8,14})-/;
const APP = /^xapp-\d-(A[A-Z0-9]{6,14})-\d{8,14}-/;
const WEBHOOK =
  /hooks\.slack(?:-gov)?\.com\/(services|workflows|triggers)\/([TE][A-Z0-9]{6,14})\/([A-Z]?[A-Z0-9]{6,20})\//i;

/**
 * The workspace, app or bot of a Slack token or webhook: their numbers stand in it.
 *
 * @see https://docs.slack.dev/authentication/tokens
 */
export const slack: Reader = {
  name: 'slack',
  read: ({ secret, text }) => {
    const clue = tokenClue(secret) ?? webhookClue(secret) ?? webhookClue(text);
    return clue && [clue];
  },
};

function tokenClue(secret: string): Clue | undefined {
  const [, botTeam, bot] = BOT.exec(secret) ?? [];
  if (bot) return clueOf('slack', `Slack bot ${bot} of workspace ${botTeam}`, { teamNumber: botTeam, bot });
  const [, userTeam, user] = USER.exec(secret) ?? [];
  if (user) return clueOf('slack', `Slack user ${user} of workspace ${userTeam}`, { teamNumber: userTeam, user });
  const appId = APP.exec(secret)?.[1];
  return appId ? clueOf('slack', `Slack app ${appId}`, { appId }) : undefined;
}

function webhookClue(text: string): Clue | undefined {
  const [, kind, team, hook] = WEBHOOK.exec(text) ?? [];
  if (!team) return undefined;
  const id = hook!.toUpperCase();
  return clueOf('slack', `Slack webhook ${id} of workspace ${team.toUpperCase()}`, {
    team: team.toUpperCase(),
    [kind!.toLowerCase() === 'services' ? 'hook' : 'workflow']: id,
  });
}
