import { writeFileSync } from 'node:fs';
import { RULES } from '../../src/discovery/rules/index.js';
import { rulesPage } from './rules-page.js';

// `npm run rules`
writeFileSync(new URL('../../docs/guides/scan-rules.md', import.meta.url), rulesPage(RULES));
