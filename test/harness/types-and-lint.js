/**
 * `tsc --noEmit` and ESLint in one process, over one program: each by itself would parse and check every file anew.
 * Takes the project's `tsconfig.json`, and looks at what lies beside and below it, but not in another project's
 * directory. Ends with 1 when either has found anything.
 */
import path from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';

const PROJECTS = ['tsconfig.json', 'src/console/app/tsconfig.json'];
const [project] = process.argv.slice(2);
const directories = PROJECTS.filter((file) => file !== project).map((file) => path.dirname(file));
const elsewhere = directories.filter((directory) => directory !== '.').map((directory) => `${directory}/`);

const host = {
  ...ts.sys,
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.formatDiagnostic(diagnostic, host));
  },
};

const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(project, { noEmit: true }, host);
const program = ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
const mistakes = ts.getPreEmitDiagnostics(program);
if (mistakes.length > 0) process.stdout.write(ts.formatDiagnosticsWithColorAndContext(mistakes, host));

const overProgram = {
  files: ['**/*.ts', '**/*.tsx'],
  languageOptions: { parserOptions: { programs: [program] } },
};
const eslint = new ESLint({ overrideConfig: [overProgram, { ignores: elsewhere }] });
const results = await eslint.lintFiles([path.dirname(project)]);
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));

if (mistakes.length > 0 || results.some(({ errorCount }) => errorCount > 0)) process.exitCode = 1;
