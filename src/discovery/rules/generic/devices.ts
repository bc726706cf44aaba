import { BASE62, BASE64, chars, oneOf, optional, sequence, type Grammar } from '../../domain/grammar.js';
import type { Rule } from '../../domain/rule.js';
import { family, glued } from '../family.js';
import { isMadeUp } from './value.js';

const LETTERS = `${BASE62}!#%*+,.:=?@^_~/\\-`;
const word: Grammar = chars(LETTERS, 6, 80);
const name: Grammar = chars(`${BASE62}._:/\\-`, 1, 60);
const quote = oneOf('"', '');

/** A line of a configuration whose words say what the last of them is. */
function line(
  id: string,
  title: string,
  vendor: string,
  page: string,
  words: readonly (Grammar | string)[],
  rest: Partial<Rule> = {},
) {
  const shape = glued(...words, quote, word);
  const last = new RegExp(`[${LETTERS}]{6,80}$`);
  const secret = (text: string): readonly [number, number] => {
    const start = Math.max(text.lastIndexOf(' '), text.lastIndexOf('"')) + 1;
    return [start, start + last.exec(text.slice(start))![0].length];
  };
  const unless = (text: string) => !isMadeUp(text.slice(...secret(text)));
  return { id, vendor, name: title, kind: 'password' as const, page, shape, secret, unless, entropy: 2, ...rest };
}

const CISCO =
  'https://www.cisco.com/c/en/us/support/docs/ios-nx-os-software/ios-xe-16/218200-cisco-ios-ios-xe-password-types.html';
const SNMP = 'https://net-snmp.sourceforge.io/docs/man/snmpd.conf.html';

/** Type 7 is written backwards by anybody: the first two digits say by which letters of a text that is known. */
const type7: Grammar = sequence(oneOf('0', '1'), chars('0-9', 1), chars('0-9A-F', 8, 60));

/** Network devices and servers whose settings are words of a line. */
export const devices = family(
  { vendor: 'any', page: CISCO, basis: 'generic' },
  line('cisco-password', 'password in a configuration', 'Cisco', CISCO, [
    oneOf(
      'enable password ',
      'enable secret 0 ',
      'privilege 15 password 0 ',
      'privilege 15 password ',
      ' password 0 ',
      ' secret 0 ',
      'tacacs-server key ',
      'radius-server key ',
      'crypto isakmp key ',
    ),
    optional(oneOf('0 ', '6 ')),
  ]),
  line('cisco-server-key', 'key of a server or a neighbour in a configuration', 'Cisco', CISCO, [
    oneOf('radius-server host ', 'tacacs-server host ', 'neighbor '),
    name,
    { ...chars(' ', 0), source: '(?: [0-9a-z-]{1,20}){0,6}', longest: 126, make: () => '' },
    oneOf(' key ', ' password '),
    optional(oneOf('0 ', '6 ')),
  ]),
  line('cisco-routing-key', 'key of a protocol in a configuration', 'Cisco', CISCO, [
    oneOf('authentication-key ', 'message-digest-key '),
    chars('0-9', 1, 5),
    ' md5 ',
    optional(oneOf('0 ')),
  ]),
  line('cisco-wireless-key', 'pre-shared key of a wireless network', 'Cisco', CISCO, [
    oneOf('wpa-psk ascii ', 'psk set-key ascii '),
    optional(oneOf('0 ')),
  ]),
  {
    id: 'cisco-type-7',
    vendor: 'Cisco',
    name: 'password that the device hides and anybody reads',
    kind: 'password',
    shape: glued(oneOf(' password 7 ', ' key 7 ', ' key-string 7 '), type7),
    secret: (text) => [text.lastIndexOf(' ') + 1, text.length],
    entropy: 2,
    unless: (text) => text.length % 2 !== text.slice(0, text.lastIndexOf(' ') + 1).length % 2,
  },
  {
    id: 'juniper-type-9',
    vendor: 'Juniper',
    name: 'password that the device hides and anybody reads',
    kind: 'password',
    page: 'https://www.juniper.net/documentation/us/en/software/junos/cli-reference/topics/ref/statement/secret-edit-access.html',
    shape: glued('"$9$', chars(`${BASE64}.\\-`, 8, 120), '"'),
    secret: (text) => [1, text.length - 1],
    entropy: 2,
  },
  line('snmp-community', 'community of SNMP', 'SNMP', SNMP, [
    oneOf(
      'snmp-server community ',
      'rocommunity ',
      'rwcommunity ',
      'rocommunity6 ',
      'rwcommunity6 ',
      'snmp { community ',
      'snmp community ',
    ),
  ]),
  line('snmp-user', 'password of a user of SNMP', 'SNMP', SNMP, [
    'createUser ',
    name,
    oneOf(' MD5 ', ' SHA ', ' SHA-256 ', ' SHA-512 '),
  ]),
  line(
    'fortinet-psk',
    'pre-shared key in a configuration',
    'Fortinet',
    'https://docs.fortinet.com/document/fortigate/7.4.0/cli-reference',
    ['set psksecret '],
  ),
  line(
    'ipsec-secret',
    'pre-shared key or password of a tunnel',
    'strongSwan',
    'https://docs.strongswan.org/docs/latest/config/IPsecSecrets.html',
    [oneOf(': PSK ', ': EAP ', ': XAUTH ')],
  ),
  line(
    'haproxy-password',
    'password of a user of HAProxy',
    'HAProxy',
    'https://docs.haproxy.org/3.0/configuration.html',
    [oneOf(' insecure-password ', 'rootpw --plaintext ')],
  ),
  line(
    'debian-preseed',
    'password that an installation sets',
    'Debian',
    'https://www.debian.org/releases/stable/amd64/apbs04.en.html',
    [
      oneOf(
        'root-password password ',
        'root-password-again password ',
        'user-password password ',
        'user-password-again password ',
      ),
    ],
  ),
  {
    id: 'haproxy-stats',
    vendor: 'HAProxy',
    name: 'password of the statistics',
    kind: 'password',
    page: 'https://docs.haproxy.org/3.0/configuration.html',
    shape: glued('stats auth ', name, ':', word),
    secret: (text) => [text.indexOf(':') + 1, text.length],
    entropy: 2,
    unless: (text) => !isMadeUp(text.slice(text.indexOf(':') + 1)),
  },
  {
    id: 'redis-acl-password',
    vendor: 'Redis',
    name: 'password of a user of the access list',
    kind: 'password',
    page: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/',
    shape: glued('user ', name, ' on >', word),
    secret: (text) => [text.indexOf('>') + 1, text.length],
    entropy: 2,
    unless: (text) => !isMadeUp(text.slice(text.indexOf('>') + 1)),
  },
);
