import { z } from 'zod';
import { isSource } from './limits/source-limit';
import { defaultTimers } from './transaction/timers';
import { Networks } from './transport/networks';
import { verifications } from './transport/peer-identity';
import { protocols } from './transport/protocol';

const port = z.number().int().min(0).max(65535);
const milliseconds = z.number().int().min(0);

/** What peers see instead of the bound address. `port` defaults to the bound one. */
const external = z.object({ host: z.string().min(1), port: port.optional() });

/** Peers in these networks, `10.0.0.0/8`, see the bound address all the same. */
const localNetworks = z.array(z.string()).superRefine((networks, context) => {
  try {
    new Networks(networks);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const listen = z.object({
  protocol: z.enum(protocols),
  /** IP address, IPv6 without brackets. */
  address: z.union([z.ipv4(), z.ipv6()]),
  /** 0 for any free port. */
  port,
  /** Instead of those of all addresses. */
  external: external.optional(),
  localNetworks: localNetworks.optional(),
});

const tls = z.object({
  /** Our certificate in PEM form, with those between it and the root behind it. */
  certFile: z.string().min(1),
  keyFile: z.string().min(1),
  /** Whom to trust. Default: the authorities that Node.js knows, `NODE_EXTRA_CA_CERTS` included. */
  caFile: z.string().min(1).optional(),
  /** What the certificate of a peer that we connect to must name: the host dialled (RFC 5922), also by a wildcard, or nobody. */
  verify: z.enum(verifications).default('name'),
});

/** Settings of the SIP server; durations in milliseconds. */
export const settingsSchema = z.object({
  listen: z
    .array(listen)
    .min(1)
    .default([
      { protocol: 'udp', address: '127.0.0.1', port: 5060 },
      { protocol: 'tcp', address: '127.0.0.1', port: 5060 },
    ]),
  /** What Via and Contact show instead of the bound address, such as the public side of a NAT. */
  external: external.optional(),
  /** Peers that reach the bound address itself, and are shown it. */
  localNetworks: localNetworks.default([]),
  /** Files for TLS, needed to listen on it and to send over it; read again when they change. */
  tls: tls.optional(),
  /** Requests to a peer whose Contact shows another address than it sends from, as behind a NAT, go to where it sends from. */
  natDetection: z.boolean().default(true),
  /** `address[:port]` of DNS servers; default: those of the system. */
  dnsServers: z.array(z.string()).optional(),
  /** How long a looked-up name holds at most. */
  nameCacheMs: milliseconds.default(30_000),
  /** Where clients connect. */
  admin: z.object({ host: z.string().min(1), port }).default({ host: '127.0.0.1', port: 9022 }),
  /** What clients authenticate with. */
  secret: z.string().min(1),
  /** Folder of the store; without one, dialogs, inbox and effects end with the process. */
  store: z.string().min(1).optional(),
  /** RFC 3261 section 17, table 4. */
  timers: z
    .object({ t1: milliseconds, t2: milliseconds, t4: milliseconds, c: milliseconds })
    .default({ ...defaultTimers }),
  /** An in-dialog request that no client answered is answered by the server. */
  answerAfterMs: milliseconds.default(5000),
  /** A new request that no client wants waits for one before it gets 503. */
  routeWaitMs: milliseconds.default(2000),
  /** An unanswered INVITE in either direction whose client is gone waits for another. */
  ownerGraceMs: milliseconds.default(10_000),
  /** A new INVITE that a client leaves without any response gets 503. */
  unansweredMs: milliseconds.default(64_000),
  /** A 2xx that crossed a CANCEL waits for the client's ACK. */
  ackGraceMs: milliseconds.default(5000),
  /** Min-SE: the smallest session interval that a peer may ask for, in seconds (RFC 4028 section 5 wants 90 at least). */
  minSessionExpiresS: z.number().int().min(1).default(90),
  /** An ended dialog still takes a late NOTIFY, and its effects are remembered. */
  keepEndedMs: milliseconds.default(35_000),
  /** An effect is remembered at least this long. */
  keepEffectsMs: milliseconds.default(120_000),
  /** What the server answered while no client was there is kept for the next one. */
  keepUndeliveredMs: milliseconds.default(3_600_000),
  /** Dialogs a second whose peers are asked, after a start or a sleep, whether they still have them; 0 for none. */
  probesPerS: z.number().int().min(0).max(1000).default(50),
  /** Peers' requests that wait for an application or its answer; beyond, new calls get 503 and the oldest news is dropped. */
  maxWaiting: z.number().int().min(1).default(20_000),
  /** An application that leaves more bytes unread is disconnected, so that another takes over. */
  maxUnreadBytes: z.number().int().min(1).default(16_777_216),
  /** Connections to the clients' port that have not authenticated; beyond, the oldest of them is closed. */
  maxUnauthenticated: z.number().int().min(1).default(100),
  /** A connection to the clients' port that has not authenticated by then is closed. */
  authenticateWithinMs: milliseconds.default(10_000),
  /** Requests of clients without a final response; beyond, those outside of dialogs get NOK. */
  maxClientTransactions: z.number().int().min(1).default(50_000),
  /** The shortest time between two pings that is believed: 2.5 of them without a frame, and a client that pings counts as hung. */
  shortestPingMs: milliseconds.default(5000),
  /** An application whose machine takes nothing more for this long counts as hung. */
  undrainedMs: milliseconds.default(2000),
  /** A message that a peer has begun to send over TCP or TLS must be complete in this time; 64*T1. */
  messageTimeoutMs: milliseconds.default(32_000),
  /** Connections that peers may have open to one TCP or TLS address; further ones are closed at once. */
  maxConnections: z.number().int().min(1).default(2000),
  /** Transactions of peers' requests; beyond, requests outside of dialogs are dropped without an answer. */
  maxServerTransactions: z.number().int().min(1).default(50_000),
  /** Requests outside of dialogs that one source address may send each second; 0 for no limit. */
  sourceRatePerS: z.number().int().min(0).default(200),
  /** How many of them it may send at once. */
  sourceBurst: z.number().int().min(1).default(400),
  /** IP addresses and networks that may send as many as they like, such as trunks. */
  exemptSources: z
    .array(z.string().refine(isSource, 'is neither an IP address nor a network such as 10.0.0.0/8'))
    .default(['127.0.0.0/8', '::1']),
});

export type Settings = z.infer<typeof settingsSchema>;

export type SettingsInput = z.input<typeof settingsSchema>;
