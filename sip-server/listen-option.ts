import { isIP } from 'node:net';
import { parseBindAddress } from './bind-address';
import { parseHostPort, unbracketed } from './message/host-port';
import { OptionError } from './option-error';
import type { SettingsInput } from './settings';
import { Networks } from './transport/networks';
import { defaultPort, protocols } from './transport/protocol';

type ListenInput = NonNullable<SettingsInput['listen']>[number];

/**
 * Reads `<protocol>:<address>[:<port>][;external=<host>[:<port>]][;local=<network>]...`.
 * @throws OptionError that says what is wrong
 */
export function parseListen(text: string): ListenInput {
  const [place = '', ...params] = text.split(';').map((part) => part.trim());
  const [, name = '', at = ''] = /^([a-z]*):(.*)$/i.exec(place) ?? [];
  const protocol = protocols.find((known) => known === name.toLowerCase());
  if (protocol === undefined) throw new OptionError(`--listen: "${text}" does not begin with udp:, tcp: or tls:`);
  const hostPort = parseBindAddress(at);
  if (hostPort === undefined) throw new OptionError(`--listen: "${at}" of "${text}" is not <address>[:<port>]`);
  const address = unbracketed(hostPort.host);
  if (isIP(address) === 0) throw new OptionError(`--listen: "${hostPort.host}" of "${text}" is not an IP address`);
  return { protocol, address, port: hostPort.port ?? defaultPort(protocol), ...paramsOf(params, text) };
}

function paramsOf(params: readonly string[], text: string): Pick<ListenInput, 'external' | 'localNetworks'> {
  const found: Pick<ListenInput, 'external' | 'localNetworks'> = {};
  for (const param of params) {
    const [, name, value = ''] = /^(external|local)=(.+)$/i.exec(param) ?? [];
    if (name === undefined) throw new OptionError(`--listen: "${param}" of "${text}" is not external=… or local=…`);
    if (name.toLowerCase() === 'external') found.external = parseExternal(value, '--listen');
    else found.localNetworks = [...(found.localNetworks ?? []), parseNetwork(value, '--listen')];
  }
  return found;
}

/** @throws OptionError */
export function parseExternal(text: string, option: string): NonNullable<SettingsInput['external']> {
  const hostPort = parseHostPort(text);
  if (hostPort === undefined) throw new OptionError(`${option}: "${text}" is not <host>[:<port>]`);
  return { ...hostPort, host: unbracketed(hostPort.host) };
}

/** @throws OptionError */
export function parseNetwork(text: string, option: string): string {
  try {
    new Networks([text]);
    return text;
  } catch (error) {
    throw new OptionError(`${option}: ${(error as Error).message}`);
  }
}
