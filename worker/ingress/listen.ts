import type { Client } from '@temporalio/client';
import type { DrachtioPort } from '../../activities/sip/drachtio';
import type { IncomingRequest } from '../../activities/sip/port';
import type { Config } from '../../config/config';
import { arrive } from './arriving-call';
import { CallGateway } from './call-gateway';
import { receiveInDialog } from './in-dialog';
import type { IngressLog } from './ingress-log';

/** Leads the SIP server's requests to the calls. Must run before the port connects. */
export function listenToSip({
  config,
  client,
  port,
  log,
}: {
  config: Config;
  client: Client;
  port: DrachtioPort;
  log: IngressLog;
}): void {
  const gateway = new CallGateway(client, log);
  const guarded = (handle: (request: IncomingRequest) => Promise<void>) => (request: IncomingRequest) => {
    handle(request).catch((err: unknown) => {
      const { method, sipCallId } = request;
      log.error({ method, sipCallId, err: String(err) }, 'a request could not be handled');
      void request.respond({ status: 500, headers: { 'Retry-After': '2' } });
    });
  };
  port.onRequest({
    invite: guarded((request) => arrive(request, { config, gateway, log })),
    inDialog: guarded((request) => receiveInDialog(request, { gateway, port, log })),
  });
}
