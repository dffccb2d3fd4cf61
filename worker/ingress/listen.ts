import type { Client } from '@temporalio/client';
import type { EdgeReader } from '../../activities/bot/edge-reader';
import type { Log } from '../../activities/log';
import type { DrachtioPort } from '../../activities/sip/drachtio';
import type { IncomingRequest, SipPort } from '../../activities/sip/port';
import type { LiveConfig } from '../live-config';
import { TrunkLoad } from '../trunks/trunk-load';
import type { TrunkStates } from '../trunks/trunk-states';
import { arrive } from './arriving-call';
import { CallGateway } from './call-gateway';
import { receiveInDialog } from './in-dialog';

/**
 * Leads the SIP server's requests to the calls. Must run before the port connects.
 * @returns `settled` resolves when Temporal has taken every signal so far
 */
export function listenToSip({
  live,
  client,
  wire,
  port,
  states,
  reader,
  log,
}: {
  live: LiveConfig;
  client: Client;
  wire: DrachtioPort;
  /** What requests of ours leave by. */
  port: SipPort;
  states: TrunkStates;
  reader: EdgeReader;
  log: Log;
}): { settled(): Promise<void> } {
  const gateway = new CallGateway(client, log, reader);
  const load = new TrunkLoad(client, live.current.node, log);
  const guarded = (handle: (request: IncomingRequest) => Promise<void>) => (request: IncomingRequest) => {
    handle(request).catch((err: unknown) => {
      const { method, sipCallId } = request;
      log.error({ method, sipCallId, err: String(err) }, 'a request could not be handled');
      void request.respond({ status: 500, headers: { 'Retry-After': '2' } });
    });
  };
  wire.onRequest({
    invite: guarded((request) => arrive(request, { config: live.current, gateway, port, load, states, log })),
    inDialog: guarded((request) => receiveInDialog(request, { gateway, port, log })),
  });
  return { settled: () => gateway.settled() };
}
