import type { z } from 'zod';
import type { ParsedActivity } from '../../contracts/activities-read';
import type { SpokenActivity } from '../../contracts/dialects';
import { ownPath } from '../../contracts/dialects';
import * as schemas from '../../contracts/schemas';
import { pathText } from '../../contracts/zod-faults';
import type { EffectiveParams, Reading } from './params';
import { mapped, parseParams } from './params';
import { readTransfer } from './read-transfer';
import type { ChosenTrunk } from './transfer-trunk';

/** An event of a bot, its envelope read. */
export interface SaidEvent {
  id: string;
  /** As in the schema, whatever its case was. */
  name: z.output<typeof schemas.eventSchema>['name'];
  value?: unknown;
  params: EffectiveParams;
  spoken: SpokenActivity;
  chooseTrunk: (transferChannel: unknown) => ChosenTrunk;
}

type Reader = (event: SaidEvent) => Reading<ParsedActivity>;

const READERS: Readonly<Record<(typeof schemas.BOT_ACTIVITY_NAMES)[number], Reader>> = {
  transfer: asTransfer,
  handover: asTransfer,
  cancelTransfer: ({ id, name, params }) =>
    mapped(parseParams(schemas.cancelTransferParamsSchema, params), ({ cancelReason: reason }) => ({
      kind: 'cancelTransfer',
      id,
      name,
      ...(reason === undefined ? {} : { reason }),
    })),
  hangup: ({ id, name, params }) =>
    mapped(parseParams(schemas.hangupParamsSchema, params), ({ hangupReason: reason }) => ({
      kind: 'hangup',
      id,
      name,
      ...(reason === undefined ? {} : { reason }),
    })),
  playUrl: ({ id, name, params }) =>
    mapped(parseParams(schemas.playUrlParamsSchema, params), ({ playUrlUrl: content, playUrlFailureHandling }) => ({
      kind: 'prompt',
      id,
      name,
      content,
      notifiesFailure: playUrlFailureHandling === 'notify-bot',
    })),
  sendDtmf: ({ id, name, params }) =>
    mapped(parseParams(schemas.sendDtmfParamsSchema, params), ({ dtmfDigits: digits }) => ({
      kind: 'sendDtmf',
      id,
      name,
      digits,
    })),
  sendMetaData: asMetaData,
  config: ({ id, name }) => ({ value: { kind: 'config', id, name } }),
};

/** Reads the parameters of an event by what it asks for. */
export function readEvent(event: SaidEvent): Reading<ParsedActivity> {
  const { id, name } = event;
  return isActive(name) ? READERS[name](event) : { value: { kind: 'ignored', id, name } };
}

function isActive(name: string): name is keyof typeof READERS {
  return Object.hasOwn(READERS, name);
}

function asTransfer({ id, name, params, chooseTrunk }: SaidEvent): Reading<ParsedActivity> {
  return mapped(readTransfer(id, params, chooseTrunk), (request) => ({ kind: 'transfer', id, name, request }));
}

function asMetaData({ id, name, value, params, spoken }: SaidEvent): Reading<ParsedActivity> {
  const data = JSON.stringify(value ?? {});
  if (data.length > schemas.MAX_META_DATA) {
    const message = `is longer than ${schemas.MAX_META_DATA} characters as JSON`;
    return { faults: [{ path: pathText(ownPath(spoken, ['value'])), message }] };
  }
  return mapped(parseParams(schemas.sendMetaDataParamsSchema, params), (read) => ({
    kind: 'sendMetaData',
    id,
    name,
    data,
    timeoutMs: read.sendMetaDataTimeoutMs,
    ...(read.sendMetaDataUrl === undefined || read.sendMetadataAsSipInfo ? {} : { url: read.sendMetaDataUrl }),
  }));
}
