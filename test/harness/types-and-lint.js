/**
 * `npm run typecheck` and ESLint in one process, over one program: each by itself would parse and check every file anew.
 * Ends with 1 when either has found anything.
 */
import { existsSync } from 'node:fs';
import { ESLint } from 'eslint';
import ts from 'typescript';

const PROJECTS = ['tsconfig.json', 'src/console/app/tsconfig.json'].filter((file) => existsSync(file));

const host = {
  ...ts.sys,
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.formatDiagnostic(diagnostic, host));
  },
};

const programs = PROJECTS.map((file) => {
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(file, { noEmit: true }, host);
  return ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
});
const mistakes = programs.flatMap((program) => ts.getPreEmitDiagnostics(program));
if (mistakes.length > 0) process.stdout.write(ts.formatDiagnosticsWithColorAndContext(mistakes, host));

const overProgram = { files: ['**/*.ts', '**/*.tsx'], languageOptions: { parserOptions: { programs } } };
const eslint = new ESLint({ overrideConfig: [overProgram] });
const results = await eslint.lintFiles(['.']);
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));

if (mistakes.length > 0 || results.some(({ errorCount }) => errorCount > 0)) process.exitCode = 1;
