// The relay's http or https socket: a clear error if it cannot open, a graceful close.
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createApp } from './app';
import { ConfigError, type Config } from './config';
import type { Relay } from './context';

/** How long open requests may take after TERM; event streams never end by themselves. */
const GRACE_MS = 2_000;

type Listening = {
  readonly port: number;
  /** Accepts no new requests, lets open ones finish, then closes the rest. */
  readonly close: () => Promise<void>;
};

/**
 * Serves the relay at its configured address, and starts it: only one process can have the port, so what an earlier one left
 * can be settled then. Throws `ConfigError`.
 */
export async function listen(relay: Relay): Promise<Listening> {
  const server = makeServer(relay.config);
  // a stalled client must not hold a socket for long
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  const port = await bind(server, relay.config);
  relay.setPort(port);
  const listener = getRequestListener(createApp(relay).fetch, { overrideGlobalObjects: false });
  const started = relay.start();
  // requests wait until messages that an earlier process was sending are settled
  server.on('request', (request, response) => {
    started.then(
      () => void listener(request, response),
      () => response.destroy(),
    );
  });
  await started;
  const stop = (): Promise<void> => {
    const closed = close(server);
    relay.arrivals.close();
    return closed;
  };
  return { port, close: stop };
}

function makeServer(config: Config): Server {
  if (config.tls === null) return createHttp();
  const { cert, key } = config.tls;
  try {
    return createHttps({ cert: readFileSync(cert), key: readFileSync(key), minVersion: 'TLSv1.2' });
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    throw new ConfigError(
      `The certificate ${cert} with the key ${key} cannot be used (${why}): both must be PEM files this user can read.`,
    );
  }
}

function bind(server: Server, config: Config): Promise<number> {
  const { host, port } = config;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, config)));
    server.listen({ host, port }, () => {
      server.removeAllListeners('error');
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function cannotListen(error: NodeJS.ErrnoException, { host, port }: Config): ConfigError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `Port ${port} is in use by another program (is Counterfoil running already?): stop it, or give another with COUNTERFOIL_PORT.`,
      );
    case 'EACCES':
      return new ConfigError(
        `Port ${port} may not be opened by this user: give one above 1023 with COUNTERFOIL_PORT.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConfigError(
        `COUNTERFOIL_HOST=${host} is not an address of this machine: leave it out, or give one of its own.`,
      );
    default:
      return new ConfigError(`Cannot listen at ${host}:${port} (${error.code ?? error.message}).`);
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
