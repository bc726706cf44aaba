import { errorsOf } from '../../kernel/index.js';

/** The environment cannot be understood; the message names every mistake at once. */
export class ConfigError extends errorsOf('ConfigError', { config_invalid: 'invalid' }) {}
