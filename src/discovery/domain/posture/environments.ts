/** Words that folders and files are called by, and the environment each means. */
const WORDS: Readonly<Record<string, string>> = {
  ...{ dev: 'development', development: 'development', live: 'production', prd: 'production', preprod: 'staging' },
  ...{ prod: 'production', production: 'production', qa: 'test', stage: 'staging', staging: 'staging', stg: 'staging' },
  ...{ uat: 'staging' },
};

/** The environments that paths say they are of, each once. A folder of tests is none. */
export function environmentsIn(paths: readonly string[]): readonly string[] {
  const words = paths.flatMap((path) => path.toLowerCase().split(/[^a-z]+/));
  return [...new Set(words.flatMap((word) => (Object.hasOwn(WORDS, word) ? [WORDS[word]!] : [])))].sort();
}
