import { EnvironmentError } from './config/environment.js';

/** What Node.js says of a port or an address that cannot be listened on. */
type StartFault = NodeJS.ErrnoException & { port?: number };

/** Why the service cannot start, in words that say how to mend it; anything unforeseen with its stack. */
export function explain(error: StartFault): string {
  return error instanceof EnvironmentError
    ? error.message
    : `jwt-api cannot start: ${reasonOf(error) ?? error.stack}`;
}

function reasonOf({ code, port, syscall }: StartFault): string | undefined {
  if (syscall === 'getaddrinfo' || code === 'EADDRNOTAVAIL') {
    return 'HOST is no address of this machine.';
  }
  if (code === 'EADDRINUSE') {
    return `port ${port} is in use. Set PORT or METRICS_PORT to another.`;
  }
  if (code === 'EACCES' && syscall === 'listen') {
    return `port ${port} is not for this user to listen on. Set PORT and METRICS_PORT to 1024 or more.`;
  }
  return undefined;
}
