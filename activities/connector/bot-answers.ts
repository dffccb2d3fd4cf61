import { z } from 'zod';

/** What a bot of the Bot API answers, in chat mode. Unknown members are tolerated. */

/** A member that is not there, or null. */
const optional = <Value extends z.ZodType>(schema: Value) =>
  schema.nullish().transform((value: z.output<Value> | null | undefined) => value ?? undefined);

const urlSchema = z.string().min(1).max(2000);

/** In seconds. Less would have the bot refreshed without a pause; more than a day says nothing about a phone call. */
const expirySchema = z.number().min(1).max(86_400);

export const validationSchema = z.object({ type: z.literal('ac-bot-api'), success: z.literal(true) });

export const createdSchema = z.object({
  activitiesURL: urlSchema,
  refreshURL: optional(urlSchema),
  disconnectURL: optional(urlSchema),
  websocketURL: optional(urlSchema),
  expiresSeconds: optional(expirySchema),
});

export const refreshedSchema = z.object({ expiresSeconds: optional(expirySchema) });

/** Also what a bot pushes; `conversation` says which one it is about, where it is there. */
export const activitiesSchema = z.object({
  conversation: optional(z.string()),
  activities: optional(z.array(z.unknown())),
});

export const disconnectedSchema = z.unknown();
