import { readFileSync } from 'node:fs';
import { parseBindAddress } from './bind-address';
import { parseExternal, parseListen, parseNetwork } from './listen-option';
import { unbracketed } from './message/host-port';
import { OptionError } from './option-error';
import type { SettingsInput } from './settings';
import { isLoopback } from './transport/listen-spec';
import { verifications } from './transport/peer-identity';

/** Options of the command line as commander gives them. */
export interface Options {
  listen: string[];
  external?: string | undefined;
  localNetwork?: string[] | undefined;
  dnsServer?: string[] | undefined;
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
    dnsServers: options.dnsServer?.flatMap((list) => list.split(',')),
    natDetection: options.natDetection,
    external: options.external === undefined ? undefined : parseExternal(options.external, '--external'),
    localNetworks: options.localNetwork
      ?.flatMap((list) => list.split(','))
      .map((text) => parseNetwork(text, '--local-network')),
    admin: parseAdmin(options.admin),
    secret: secretOf(options, env),
    store: typeof options.store === 'string' ? options.store : undefined,
    answerAfterMs: options.answerAfterMs,
    ownerGraceMs: options.ownerGraceMs,
    routeWaitMs: options.routeWaitMs,
  };
}

function tlsOf({ tlsCert: certFile, tlsKey: keyFile, tlsCa: caFile, tlsVerify }: Options): SettingsInput['tls'] {
  const verify = verifications.find((known) => known === (tlsVerify ?? 'name'));
  if (verify === undefined) throw new OptionError(`--tls-verify: "${tlsVerify}" is not ${verifications.join(', ')}`);
  if (certFile === undefined && keyFile === undefined && caFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) throw new OptionError('--tls-cert and --tls-key go together');
  return { certFile, keyFile, caFile, verify };
}

function parseAdmin(text: string): { host: string; port: number } {
  const hostPort = parseBindAddress(text);
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
  const hostPort = parseBindAddress(text);
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
