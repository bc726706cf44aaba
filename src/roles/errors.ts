import { errorsOf } from '../kernel/index.js';

/** Ways in which the machine keeps the service from starting. */
export class StartError extends errorsOf('StartError', {
  address_unavailable: 'conflict',
  port_forbidden: 'forbidden',
  port_taken: 'conflict',
}) {}

/** What to do when a listener cannot be bound. */
export function explainListening(error: NodeJS.ErrnoException & { readonly port?: number }): unknown {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        'port_taken',
        `Something else listens on port ${error.port} already. Stop it, or set LISTEN_PORT and MUTUAL_PORT to others.`,
        { cause: error },
      );
    case 'EACCES':
      return new StartError(
        'port_forbidden',
        `This user may not listen on port ${error.port}. Set LISTEN_PORT and MUTUAL_PORT above 1023.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return new StartError('address_unavailable', 'LISTEN_HOST must be an address that this machine has.', {
        cause: error,
      });
    default:
      return error;
  }
}
