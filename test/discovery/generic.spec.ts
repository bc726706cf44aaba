import { describe, expect, it } from '@jest/globals';
import { judge } from '../../src/discovery/domain/bands.js';
import type { Chance } from '../../src/discovery/domain/grammar.js';
import { BASE62, chars } from '../../src/discovery/domain/grammar.js';
import { withoutOverlaps } from '../../src/discovery/domain/overlaps.js';
import { compileRules } from '../../src/discovery/domain/rule-set.js';
import { generic } from '../../src/discovery/rules/generic/index.js';
import { Engine } from '../../src/discovery/scan/engine.js';
import { bounded } from '../harness/bounded.js';
import { seeded } from './history-texts.js';

const engine = new Engine(compileRules(generic));
const chance: Chance = seeded(4242);
/** Made by chance, with a digit and a letter in it. */
const password = `${chars(BASE62, 14).make(chance)}7Q`;
const key = `${chars(BASE62, 30).make(chance)}4z`;
const basic = Buffer.from(`deploy:${password}`).toString('base64');

function found(text: string, path: string | null): string[] {
  const { candidates } = engine.match(Buffer.from(text, 'latin1'), path);
  return withoutOverlaps(candidates)
    .filter(({ rule, start, end, secretStart, secretEnd }) => {
      const { band } = judge(rule, text.slice(start, end), text.slice(secretStart, secretEnd), []);
      return band !== 'low';
    })
    .map(({ secretStart, secretEnd }) => text.slice(secretStart, secretEnd));
}

describe('what has no form of its own', () => {
  const given: [place: string, path: string | null, text: string, secret: string][] = [
    ['an environment file', '.env', `DB_HOST=db\nDB_PASSWORD=${password}\n`, password],
    ['an environment file, quoted', '.env', `export SMTP_PASSWORD="${password}"\n`, password],
    ['properties', 'application.properties', `spring.datasource.password=${password}\n`, password],
    ['YAML', 'config.yml', `database:\n  password: ${password}\n  pool: 5\n`, password],
    ['YAML, in quotes', 'values.yaml', `auth:\n  adminPassword: '${password}'\n`, password],
    ['JSON', 'settings.json', `{ "user": "app", "clientSecret": "${key}" }`, key],
    ['JSON in a string', 'settings.json', String.raw`{ "body": "{\"apiKey\":\"${key}\"}" }`, key],
    ['TOML', 'config.toml', `[api]\napi_key = "${key}"\n`, key],
    ['INI', 'app.ini', `[mail]\npasswd = ${password}\n`, password],
    ['XML', 'web.config', `<add key="ApiKey" value="${key}" />`, key],
    ['JavaScript', 'app.js', `const apiKey = '${key}';`, key],
    ['TypeScript with a type', 'app.ts', `const authToken: string = "${key}";`, key],
    ['an object', 'client.js', `connect({ user: 'app', password: '${password}' });`, password],
    ['Python', 'settings.py', `DATABASE_PASSWORD = "${password}"\n`, password],
    ['Ruby', 'config.rb', `config.secret_token = '${key}'`, key],
    ['Ruby, a hash', 'config.rb', `{ :password => "${password}" }`, password],
    ['Go', 'main.go', `accessKey := "${key}"`, key],
    ['PHP', 'config.php', `define('DB_PASSWORD', '${password}');`, password],
    ['C#', 'App.cs', `private const string ApiKey = "${key}";`, key],
    ['Terraform', 'main.tf', `  master_password = "${password}"\n`, password],
    ['a header', 'call.sh', `curl -H "X-Api-Key: ${key}" https://host.example/`, key],
    ['Authorization: Bearer', 'call.http', `Authorization: Bearer ${key}\n`, key],
    ['Authorization: Basic', 'call.http', `Authorization: Basic ${basic}\n`, basic],
    ['an option', 'run.sh', `tool --password ${password} --verbose\n`, password],
    ['an option with its sign', 'run.sh', `tool --api-key=${key} --verbose\n`, key],
    ['curl', 'run.sh', `curl -u admin:${password} https://host.example/\n`, password],
    ['sshpass', 'run.sh', `sshpass -p '${password}' ssh root@host.example\n`, password],
    ['mysql', 'run.sh', `mysql -u root -p${password} orders\n`, password],
    ['docker login', 'run.sh', `docker login -u app -p ${password} registry.example\n`, password],
    ['mysql, another user', 'run.sh', `mysqldump -h db -u backup -p'${password}' orders\n`, password],
    ['redis-cli', 'run.sh', `redis-cli -h cache -a ${password} flushall\n`, password],
    ['sqlcmd', 'run.bat', `sqlcmd -S . -U sa -P "${password}" -i a.sql\n`, password],
    ['ldapsearch', 'run.sh', `ldapsearch -x -D cn=admin -w ${password} -b dc=a\n`, password],
    ['curl, behind other options', 'crontab', `root curl -fsS -u ops:${password} https://host.example\n`, password],
    ['chpasswd', 'Dockerfile', `RUN echo "root:${password}" | chpasswd\n`, password],
    ['htpasswd', 'run.sh', `htpasswd -b -c /etc/htpasswd ops ${password}\n`, password],
    ['a call behind its user', 'a.cs', `new NetworkCredential("a@b.example", "${password}")`, password],
    ['a call that connects', 'A.java', `DriverManager.getConnection(URL, "root", "${password}");`, password],
    ['a tuple', 'a.py', `requests.get(url, auth=("app", "${password}"))`, password],
    ['a secure string', 'a.ps1', `ConvertTo-SecureString "${password}" -AsPlainText -Force`, password],
    ['a call that signs', 'a.js', `jwt.sign({ id: user.id }, '${key}', { expiresIn: '1h' });`, key],
    ['a configuration of Cisco', 'rt1.cfg', `username admin privilege 15 password 0 ${password}\n`, password],
    ['a neighbour', 'rt1.cfg', ` neighbor 10.1.1.1 password ${password}\n`, password],
    ['a community of SNMP', 'rt1.cfg', `snmp-server community ${password} RO\n`, password],
    ['what Cisco hides', 'rt1.cfg', 'username ops password 7 05380F02234D035040\n', '05380F02234D035040'],
    ['a pre-shared key', 'ipsec.secrets', `10.1.1.1 10.2.2.2 : PSK "${password}"\n`, password],
    ['a data source name of Go', 'a.go', `dsn := "app:${password}@tcp(db:3306)/app"`, password],
    ['CREATE ROLE', 'init.sql', `CREATE ROLE payments WITH LOGIN PASSWORD '${password}';`, password],
    ['ALTER USER', 'init.sql', `ALTER USER payments PASSWORD '${password}';`, password],
    ['IDENTIFIED BY', 'init.sql', `CREATE USER 'app'@'%' IDENTIFIED BY '${password}';`, password],
    ['Rust', 'config.rs', `pub const API_TOKEN: &'static str = "${key}";`, key],
    ['C, an array', 'db.c', `char passwd[32] = "${password}";`, password],
    ['Visual Basic', 'Db.vb', `Private Const Pwd As String = "${password}"`, password],
    ['a short name', 'mail.ini', `[mail]\nsmtpPass = ${password}\n`, password],
    ['an element of a short name', 'sites.xml', `<Pass>${password}</Pass>`, password],
    ['a setting of a name and a word', '.msmtprc', `user app\npassword ${password}\n`, password],
    ['an instruction of a Dockerfile', 'Dockerfile', `ENV SESSION_SECRET ${key}\n`, key],
    ['a name in German', 'konfig.yml', `kennwort: ${password}\n`, password],
    ['a comment of a program', 'a.py', `# password: ${password}\n`, password],
    ['a query in a text of a program', 'a.ts', `fetch(\`https://host.example/?apiKey=${key}&x=1\`)`, key],
    [
      'base64 that begins with a stroke',
      'rndc.conf',
      `  secret "/${key}${key.slice(0, 11)}=";`,
      `/${key}${key.slice(0, 11)}=`,
    ],
    ['a password that a person chose', 'a.yml', 'password: Summer2023!\n', 'Summer2023!'],
    ['base64 without quotes', 'a.yml', `jwt_secret: ${key}==\n`, `${key}==`],
    ['a word and a year with a star', 'a.json', '{ "password": "Toyota13*" }', 'Toyota13*'],
    ['words with a point', 'a.nmconnection', 'psk=Whiskey.Vampire74\n', 'Whiskey.Vampire74'],
    ['words with a hyphen, one of which ends as keys do', 'a.yml', 'password: Monkey-Turtle99\n', 'Monkey-Turtle99'],
    ['a short one that a person chose', 'a.yml', 'password: hunter2\n', 'hunter2'],
    ['a list of variables', 'list.yml', `  - name: DB_PASSWORD\n    value: "${password}"\n`, password],
    ['smbclient, with a domain', 'run.sh', `smbclient //files/share -U 'CORP\\svc%${password}' -c ls\n`, password],
    ['aws configure', 'run.sh', `aws configure set aws_secret_access_key ${key}\n`, key],
    ['net user', 'run.bat', `net user deploy ${password} /add\n`, password],
    ['a word and a year', 'a.py', "passwd = 'ilovecats99'", 'ilovecats99'],
    ['ADO.NET', 'appsettings.json', `"Default": "Server=db;Database=o;User Id=app;Password=${password};"`, password],
    ['JDBC', 'a.properties', `url=jdbc:mysql://db/orders?user=app&password=${password}\n`, password],
    ['libpq', 'a.conf', `dsn = "host=db user=app password=${password} dbname=o"\n`, password],
  ];

  it.each(given)('is found in %s', (_place, path, text, secret) => {
    expect(found(text, path)).toEqual([secret]);
  });

  const left: [what: string, path: string, text: string][] = [
    ['a variable of the shell', 'run.sh', 'export DB_PASSWORD="$DB_PASSWORD"\nPASSWORD=${OTHER_PASSWORD_1}\n'],
    ['a variable of the environment', 'app.js', 'const password = process.env.DB_PASSWORD_2024;'],
    ['a template', 'values.yaml', 'password: {{ .Values.db.password1 }}\ntoken: "{{ lookup_token_1 }}"'],
    ['a secret of a pipeline', 'ci.yml', 'token: ${{ secrets.DEPLOY_TOKEN_1 }}\npassword: <%= secret1 %>'],
    ['a call', 'app.py', 'password = get_password1()\napi_key = os.environ["API_KEY_12345678"]'],
    ['a member', 'app.go', 'token = request.headers.token1abc2def3\nsecret := cfg.Secret1.Value2.Now3'],
    ['a type', 'app.ts', 'password: string;\ntoken: Token1WithManyLetters2;'],
    [
      'a path',
      'a.yml',
      'password_file: /run/secrets/db1\nprivate_key: ./certs/server1-key.pem\nsecret: /etc/app1/secret2',
    ],
    ['a URL', 'a.yml', 'token: https://host.example/oauth2/token/v1234567\n'],
    ['a phrase', 'a.js', "errors.password = 'Passwords need 8 characters';\nlabel.token = 'Paste the token 1 here';"],
    ['a key of translations', 'a.json', '{ "password": "user.form.password.label", "token": "errors.token.expired" }'],
    ['a name of a field', 'a.html', '<input type="password" name="user_password1" id="password_field_1" />'],
    [
      'what is about it',
      'a.yml',
      'password_length: 12345678\ntoken_url: abcdefgh12345678abcd\nsecret_name: abcd1234efgh5678ijkl',
    ],
    ['an id', 'a.yml', 'access_key_id: abcd1234efgh5678ijkl\napi_key_id: abcd1234efgh5678ijkl9012'],
    ['a placeholder', 'a.env', 'PASSWORD=changeme123\nAPI_KEY=your-api-key-here-12345\nTOKEN=xxxxxxxxxxxxxxxxxxxxxxxx'],
    ['a version or a date', 'a.yml', 'token: 2024-01-02T03:04:05.000Z\nsecret: v1.23.4-beta.20240102'],
    ['another variable in code', 'a.rb', 'password = new_password2\ntoken = csrf_token_for_session_1'],
    [
      'a template',
      'templates/secret.yaml',
      'password: {{ randAlphaNum 24 | b64enc }}\ntoken: {{ .Values.api.token1 }}\nsecret: {{ .secret1 | b64enc }}',
    ],
    [
      'a pipe of a shell, or what it does else',
      'configure',
      'echo "$PASSWORD" | base64\ncd "$ac_pwd" || { ac_status1=$?; }\n',
    ],
    ['what follows a variable in a list', 'NOTES.txt', '--set dbPassword=$APP_PASSWORD,dbHost1=$APP_HOST'],
    [
      'the name of an algorithm',
      'a.java',
      'newSecretKey("PBKDF2WithHmacSHA256", spec);\nString SECRET_KEY = "AES-256-GCM";\nString PASSWORD = "RSA-OAEP-256";',
    ],
    ['a version', 'yarn.lock', 'minipass: "npm:^7.0.4"\nsecret: "~1.2.3"\npassword: "npm:^4.10.0"'],
    ['a machine and its port', 'a.yml', 'password: smtp.corp.net:587\nauth_token: "vault-1.corp.net:8200"'],
    [
      'the name of a thing in a cloud',
      'a.yml',
      'auth_token: arn:aws:secretsmanager:eu-west-1:481516234200:secret:orders-db-Ab3dEf\n',
    ],
    ['a number or a date', 'a.ts', "const PASSWORD = '0x0004000';\nconst dbPassword = '2026-03-04T10:22:31Z';"],
    ['a reference that is replaced later', 'a.js', "const dbPassword = '__API_KEY__';"],
    ['what a tool encrypted', 'a.json', `{ "password": "ENC(${key})", "token": "vault:v1:${key}" }`],
    [
      'a key of a map, and a text joined to others',
      'a.php',
      "'password' => ['PGPASSWORD1' => $c['password']],\n'password' => '--password='.$c1['password'],",
    ],
    [
      'a digest',
      'a.rs',
      `const TOKEN_SHA256: &str = "${key}";\nlet api_key_hash: String = "${key}";\nconst keySha512 = "${key}";`,
    ],
    ['a digest in a list of variables', 'list.yml', `- name: API_KEY_HASH\n  value: "${key}"\n`],
    [
      'a text in another language',
      'conf/locale/locale_fi-FI.ini',
      'forgot_password=Unohtuiko salasana\nold_password = "Nykyinen"\npassword=Dosavadn\\u00ed\n',
    ],
    ['a member of a cluster', 'a.sh', 'rabbitmqctl join_cluster rabbit@master1\n'],
    ['a sentence', 'Home.razor', "<span></span> Pass 'AtLeast21' policy"],
    ['an address on a chain', 'a.ts', "const BeeToken = '0x36435796Ca9be2bf150CE0dECc2D8Fab5C4d6E13';"],
    ['a socket', 'nginx.conf', 'fastcgi_pass unix:/run/php8.2-fpm.sock;\n'],
    [
      'a bearer of a variable',
      'a.sh',
      'curl -H "Authorization: Bearer $TOKEN_123"\ncurl -H "Authorization: Bearer ${ACCESS_TOKEN}"',
    ],
    [
      'a statement with a parameter',
      'a.sql',
      "ALTER ROLE app PASSWORD '$1';\nCREATE USER a IDENTIFIED BY '${password1}';",
    ],
    [
      'a command with a variable',
      'a.sh',
      'sshpass -p "$SSHPASS" ssh host\ncurl -u "$USER:$PASSWORD" x\nmysql -u root -p$ROOT_PASSWORD',
    ],
  ];

  it.each(left)('is not guessed from %s', (_what, path, text) => {
    expect(found(text, path)).toEqual([]);
  });

  it('is read in reasonable time, whatever blanks stand between two names', () => {
    const line = `pass${' '.repeat(100)}x pwd = ${password}\n`;
    expect(bounded(() => found(line, 'a.txt'))).toEqual([password]);
  });
});
