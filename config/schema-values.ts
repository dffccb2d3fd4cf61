import { z } from 'zod';
import { isHeaderName, isOwnedHeader } from '../contracts/header-policy';
import { isTargetPattern } from '../contracts/target-patterns';
import { isSipUri } from '../contracts/transfer-target';
import { hasRefusedPort, REFUSED_PORT } from './fetch-ports';

/** Schemas of single values that settings share. */

const HOST_AND_PORT = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?$/;
export const MAX_PORT = 65_535;

export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-" (rename it)');

export const hostSchema = z.string().min(1, 'is empty (give a host name or an IP address)');

export const hostAndPortSchema = z.string().regex(HOST_AND_PORT, 'must be host or host:port (as in 127.0.0.1:5060)');

export const httpUrlSchema = z
  .url({
    protocol: /^https?$/,
    error: 'must be an http: or https: URL (as in http://127.0.0.1:5071/events)',
    abort: true,
  })
  .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), 'holds a user or password (leave them out)')
  .refine((url) => !hasRefusedPort(url), `has ${REFUSED_PORT}`);

export const patternSchema = z
  .string()
  .min(1, 'is empty (leave it out)')
  .refine(isTargetPattern, 'is not a pattern for targets (correct it, see examples/durable-calls.yaml)');

export const headerNameSchema = z
  .string()
  .refine(isHeaderName, 'is not a SIP header name (as in X-Customer)')
  .refine((name) => !isOwnedHeader(name), 'is set by the engine or the SIP stack (leave it out)');

export const sipUriSchema = z
  .string()
  .refine((text) => /^sip:/i.test(text) && isSipUri(text), 'must be a sip: URI (as in sip:bot@127.0.0.1:5070)');
