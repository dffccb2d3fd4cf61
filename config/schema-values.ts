import { isIP } from 'node:net';
import { z } from 'zod';
import { HEADER_NAME, isOwnedHeader } from '../contracts/header-policy';
import { isTargetPattern } from '../contracts/target-patterns';
import { isSipUri } from '../contracts/transfer-target';
import { hasRefusedPort, REFUSED_PORT } from './fetch-ports';

/** Schemas of single values that settings share. */

/** 1 to 65535. */
const PORT = String.raw`(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`;
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const HOST_AND_PORT = new RegExp(String.raw`^(?:\[[0-9a-fA-F:.]+\]|${LABEL}(?:\.${LABEL})*\.?)(?::${PORT})?$`);
export const MAX_PORT = 65_535;

export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-" (rename it)');

export const hostSchema = z.string().min(1, 'is empty (give a host name or an IP address)');

export const hostAndPortSchema = z
  .string()
  .regex(HOST_AND_PORT, { error: 'must be host or host:port (as in 127.0.0.1:5060)', abort: true })
  .refine(hasSoundAddress, 'is not an IP address (as in 127.0.0.1 or [::1])');

/** What looks like an address is one: no name ends in digits (RFC 3696 section 2). */
function hasSoundAddress(hostAndPort: string): boolean {
  const host = hostAndPort.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return isIP(host) > 0 || !/:|(?:^|\.)\d+\.?$/.test(host);
}

export const httpUrlSchema = z
  .url({
    protocol: /^https?$/,
    error: 'must be an http: or https: URL (as in http://127.0.0.1:5071/events)',
    abort: true,
  })
  .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), 'holds a user or password (leave them out)')
  .refine((url) => !hasRefusedPort(url), `has ${REFUSED_PORT}`)
  .meta({ pattern: '^[Hh][Tt][Tt][Pp][Ss]?:' });

export const patternSchema = z
  .string()
  .min(1, 'is empty (leave it out)')
  .refine(isTargetPattern, 'is not a pattern for targets (correct it, see examples/durable-calls.yaml)');

export const headerNameSchema = z
  .string()
  .regex(HEADER_NAME, { error: 'is not a SIP header name (as in X-Customer)', abort: true })
  .refine((name) => !isOwnedHeader(name), 'is set by the engine or the SIP stack (leave it out)');

const NO_SIP_URI = 'must be a sip: URI (as in sip:bot@127.0.0.1:5070)';

export const sipUriSchema = z
  .string()
  .regex(/^[Ss][Ii][Pp]:/, { error: NO_SIP_URI, abort: true })
  .refine(isSipUri, NO_SIP_URI);
