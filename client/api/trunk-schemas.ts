import { z } from '@hono/zod-openapi';

const timeSchema = z.iso.datetime();

/** A trunk as the API tells. The compiler checks what is sent against it. */
export const trunkSchema = z
  .object({
    trunk: z.string(),
    node: z.string(),
    login: z.string(),
    state: z
      .enum(['up', 'degraded', 'down'])
      .openapi({ description: 'The worse of what registration and OPTIONS tell' }),
    registration: z
      .enum(['off', 'registering', 'registered', 'failing', 'refused', 'unregistered', 'unknown'])
      .openapi({ description: '`unknown`: no worker of its node answers' }),
    since: timeSchema.optional().openapi({ description: 'When the registration came to be as it is' }),
    target: z.string().openapi({ description: 'Registrar in use, or the last one tried' }),
    expiresAt: timeSchema.optional().openapi({ description: 'When the binding ends unless it is refreshed' }),
    nextAt: timeSchema.optional().openapi({ description: 'When the next REGISTER goes out' }),
    failures: z.int().openapi({ description: 'Failed tries since the last success' }),
    problem: z.string().optional().openapi({ description: 'What went wrong last' }),
    calls: z.int().openapi({ description: 'Calls that came in on it and are up' }),
  })
  .openapi('Trunk');

export const trunkListSchema = z.object({ trunks: z.array(trunkSchema) }).openapi('TrunkList');
