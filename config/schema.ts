import { z } from 'zod';
import { NODE_NAME } from '../contracts/node';
import { channelSchema } from './channel-schema';
import { hostSchema, httpUrlSchema, MAX_PORT } from './schema-values';
import { trunkSchema } from './trunk-schema';

const portSchema = (min: 0 | 1): z.ZodInt => z.int().min(min).max(MAX_PORT);

const sipServerSchema = z
  .strictObject({
    host: hostSchema.default('127.0.0.1'),
    port: portSchema(1).default(9022),
    controlPort: portSchema(1).default(9023).describe('Control port of the SIP server, for reconciliation.'),
    controlTokenFile: z
      .string()
      .min(1)
      .exactOptional()
      .describe('File that holds the token of the control port; SIP_CONTROL_TOKEN goes before it.'),
  })
  .prefault({})
  .describe('Where the SIP server listens for its applications.');

const reconciliationSchema = z
  .strictObject({
    graceS: z.number().min(1).max(3_600).default(30).describe('What is younger, in seconds, may be on its way.'),
    perSecond: z.number().min(1).max(1_000).default(50).describe('Calls asked and legs ended in a second, at most.'),
  })
  .prefault({})
  .describe(
    'Comparison of dialogs and calls when a worker connects to the SIP server. Needs the control port’s token.'
  );

const workerSchema = z
  .strictObject({
    stopWithinS: z
      .int()
      .min(4)
      .max(600)
      .default(8)
      .describe('A worker that is told to stop has handed its calls over and is gone within so many seconds.'),
  })
  .prefault({});

const apiSchema = z
  .strictObject({
    host: hostSchema.default('127.0.0.1'),
    port: portSchema(0).default(8080).describe('0 takes any free port; then publicUrl is needed.'),
    publicUrl: httpUrlSchema
      .transform((url) => url.replace(/\/+$/, ''))
      .exactOptional()
      .describe('Where bots reach the API; default: http://host:port.'),
    tokenFile: z.string().min(1).exactOptional().describe('File that holds the token of the operator.'),
    rateLimit: z
      .strictObject({
        perSecond: z.number().min(0.1).max(100_000).default(50),
        burst: z.int().min(1).max(100_000).default(100),
      })
      .prefault({})
      .describe('Requests of one token, or of one address without a token: burst at once, then perSecond.'),
  })
  .prefault({})
  .describe('HTTP API for bots and operators. Beyond loopback it needs a token.');

/** The file's shape; what holds between settings is checked in `checks.ts`. */
export const configSchema = z.strictObject({
  node: z
    .string()
    .regex(NODE_NAME, 'must be 1 to 40 of a-z, 0-9 and "-" (rename the node)')
    .default('local')
    .describe('Name of the SIP node that this worker serves. Workers of one node share its calls.'),
  sipServer: sipServerSchema,
  reconciliation: reconciliationSchema,
  worker: workerSchema,
  api: apiSchema,
  records: z
    .strictObject({
      folder: z.string().min(1).default('.data/records'),
      push: z
        .strictObject({
          url: httpUrlSchema.describe('Records are POSTed here, with their key as Idempotency-Key, for a day.'),
          tokenFile: z.string().min(1).exactOptional().describe('File that holds the bearer token of the receiver.'),
        })
        .exactOptional()
        .describe('Receiver of records, beside the files.'),
    })
    .prefault({})
    .describe('Call detail records, one JSON file per call.'),
  calls: z
    .strictObject({
      historyEventsPerRun: z
        .int()
        .min(200)
        .max(40_000)
        .exactOptional()
        .describe(
          'A call goes on in a run with a new history when the present one has so many events; default: when Temporal suggests it.'
        ),
    })
    .prefault({})
    .describe('What holds for every call.'),
  metrics: z
    .strictObject({
      listen: z
        .string()
        .regex(/^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}$/, 'must be address:port (as in 127.0.0.1:9464)')
        .describe('address:port, which asks for no token; several workers on one machine need one each.'),
    })
    .exactOptional()
    .describe('Prometheus metrics of the worker and of the Temporal SDK in it, at /metrics; default: none.'),
  trunks: z.array(trunkSchema).min(1, 'is empty (describe at least one trunk)'),
  channels: z.array(channelSchema).min(1, 'is empty (describe at least one channel)'),
});

export type FileConfig = z.output<typeof configSchema>;
export type TrunkEntry = FileConfig['trunks'][number];
export type ChannelEntry = FileConfig['channels'][number];
