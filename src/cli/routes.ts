/** What refusals send callers of the API to, and the command for it. */
export const COMMANDS: Readonly<Record<string, string>> = {
  'GET /v1/calendars': 'calendar list',
  'GET /v1/findings': 'finding list',
  'GET /v1/identities': 'list',
  'GET /v1/people': 'person list',
  'GET /v1/providers': 'provider list',
  'GET /v1/review-effects': 'review effects',
  'GET /v1/risk-analyses': 'review risk-analysis list',
  'GET /v1/rotation-emergencies': 'rotation emergency list',
  'GET /v1/rotation-runs': 'rotation runs',
  'GET /v1/rotations': 'rotation list',
  'GET /v1/rotations/{id}/sinks': 'rotation sink list',
  'GET /v1/sources': 'source list',
  'GET /v1/sources/{id}/runs': 'source runs',
  'GET /v1/targets': 'target list',
  'GET /v1/targets/{id}/accounts': 'target account list',
  'GET /v1/trusts': 'trust list',
  'POST /v1/certificates/renewal': 'cert renew',
  'POST /v1/targets/{id}/accounts': 'target account add',
};

const ROUTE = /\b((?:GET|POST) \/v1\/[\w/{}-]+)(?:\?[\w=&]+)?/g;

/** The words of a refusal for a terminal: what there is a command for is named by that, and not by its route. */
export function inCommands(words: string): string {
  return words.replace(ROUTE, (all, route: string) => (route in COMMANDS ? `muster ${COMMANDS[route]}` : all));
}
