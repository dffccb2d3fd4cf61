// A bot that reaches its call through Temporal, in TypeScript: an update answers what became of the activities, a signal does not.
//
//   TEMPORAL_ADDRESS=127.0.0.1:7233 npx tsx examples/temporal/hand-over.ts <callId> sip:agent@127.0.0.1:5074

import { Client, Connection } from '@temporalio/client';

async function handOver(callId: string, transferTarget: string): Promise<void> {
  const connection = await Connection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
  const call = new Client({ connection }).workflow.getHandle(`call-${callId}`);

  await call.signal('activitiesSent', { type: 'message', text: 'One moment, please.' });

  const activityParams = { transferTarget, transferNotifications: true };
  const transfer = { type: 'event', name: 'transfer', id: 'my-transfer-1', activityParams };
  console.log(await call.executeUpdate('sendActivities', { args: [transfer] }));

  const { phase } = await call.query<{ phase: string }>('callState');
  console.log(phase);
  await connection.close();
}

const [callId = '', target = ''] = process.argv.slice(2);
void handOver(callId, target);
