import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseHostPort, unbracketed } from './message/host-port';
import { OptionError } from './option-error';
import type { SettingsInput } from './settings';
import { isLoopback } from './transport/listen-spec';
import { verifications } from './transport/peer-identity';
import { defaultPort, protocols } from './transport/protocol';

type ListenInput = NonNullable<SettingsInput['listen']>[number];

/** Options of the command line as commander gives them. */
export interface Options {
  listen: string[];
  external?: string | undefined;
  natDetection?: boolean | undefined;
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  tlsCa?: string | undefined;
  tlsVerify?: string | undefined;
  admin: string;
  secret?: string | undefined;
  secretFile?: string | undefined;
  /** A folder; false when memory was asked for. */
  store?: string | boolean | undefined;
  answerAfterMs: number;
  ownerGraceMs: number;
  routeWaitMs: number;
}

/** @throws OptionError */
export function settingsOf(options: Options, env: NodeJS.ProcessEnv): SettingsInput {
  const listen = options.listen.flatMap((list) => list.split(',')).map(parseListen);
  const tls = tlsOf(options);
  if (tls === undefined && listen.some(({ protocol }) => protocol === 'tls')) {
    throw new OptionError('--listen tls:… needs --tls-cert <path> and --tls-key <path>');
  }
  return {
    listen,
    tls,
    natDetection: options.natDetection,
    external: options.external === undefined ? undefined : parseExternal(options.external),
    admin: parseAdmin(options.admin),
    secret: secretOf(options, env),
    store: typeof options.store === 'string' ? options.store : undefined,
    answerAfterMs: options.answerAfterMs,
    ownerGraceMs: options.ownerGraceMs,
    routeWaitMs: options.routeWaitMs,
  };
}

function parseListen(text: string): ListenInput {
  const [, name = '', at = ''] = /^\s*([a-z]*):(.*)$/i.exec(text) ?? [];
  const protocol = protocols.find((known) => known === name.toLowerCase());
  if (protocol === undefined) throw new OptionError(`--listen: "${text}" does not begin with udp:, tcp: or tls:`);
  const hostPort = parseHostPort(at) ?? parseFreePort(at);
  if (hostPort === undefined) throw new OptionError(`--listen: "${at}" of "${text}" is not <address>[:<port>]`);
  const address = unbracketed(hostPort.host);
  if (isIP(address) === 0) throw new OptionError(`--listen: "${hostPort.host}" of "${text}" is not an IP address`);
  return { protocol, address, port: hostPort.port ?? defaultPort(protocol) };
}

function tlsOf({ tlsCert: certFile, tlsKey: keyFile, tlsCa: caFile, tlsVerify }: Options): SettingsInput['tls'] {
  const verify = verifications.find((known) => known === (tlsVerify ?? 'name'));
  if (verify === undefined) throw new OptionError(`--tls-verify: "${tlsVerify}" is not ${verifications.join(', ')}`);
  if (certFile === undefined && keyFile === undefined && caFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) throw new OptionError('--tls-cert and --tls-key go together');
  return { certFile, keyFile, caFile, verify };
}

/** Port 0, which is no port of a URI. */
function parseFreePort(text: string): { host: string; port: number } | undefined {
  const host = parseHostPort(text.replace(/:0$/, ''))?.host;
  return text.endsWith(':0') && host !== undefined ? { host, port: 0 } : undefined;
}

function parseExternal(text: string): { host: string; port?: number } {
  const hostPort = parseHostPort(text);
  if (hostPort === undefined) throw new OptionError(`--external: "${text}" is not <host>[:<port>]`);
  return { ...hostPort, host: unbracketed(hostPort.host) };
}

function parseAdmin(text: string): { host: string; port: number } {
  const hostPort = parseHostPort(text) ?? parseFreePort(text);
  if (hostPort === undefined) throw new OptionError(`--admin: "${text}" is not <host>:<port>`);
  return { host: unbracketed(hostPort.host), port: hostPort.port ?? 9022 };
}

/**
 * Where operators connect.
 * @returns undefined for `off`
 * @throws OptionError when it is not on loopback: the port has no encryption
 */
export function parseControl(text: string): { host: string; port: number } | undefined {
  if (text === 'off') return undefined;
  const hostPort = parseHostPort(text) ?? parseFreePort(text);
  const host = unbracketed(hostPort?.host ?? '');
  if (hostPort === undefined || !(isLoopback(host) || host === 'localhost')) {
    throw new OptionError(`--control: "${text}" is neither "off" nor a loopback <host>:<port>`);
  }
  return { host, port: hostPort.port ?? 9023 };
}

function secretOf({ secret, secretFile }: Options, env: NodeJS.ProcessEnv): string {
  const found = secretFile === undefined ? (env['DRACHTIO_SECRET'] ?? secret ?? '') : readSecret(secretFile);
  if (found === '') {
    throw new OptionError('no secret: set DRACHTIO_SECRET, or give --secret-file <path> or --secret <secret>');
  }
  if (/[|\r\n]/.test(found)) throw new OptionError('the secret may not contain | or line breaks');
  return found;
}

function readSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new OptionError(`--secret-file: cannot read ${path}: ${(error as Error).message}`);
  }
}
