import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils';
import { historiesOfRuns } from '../../client/histories/runs';
import type { SendRegisterInput, SendRegisterResult, TrunkActivities } from '../../contracts/activities-trunk';
import type {
  RegistrationInput,
  RegistrationPhase,
  RegistrationSettings,
  TrunkStatus,
} from '../../contracts/registration';
import * as registration from '../../contracts/registration';
import { WAIT_LIMIT_MS } from './limits';
import { recordHistories } from './record-histories';
import type { WorkflowHost } from './workflow-host';

export const settings: RegistrationSettings = {
  ...{ trunk: 'sales', login: '1000', domain: 'peer', targets: ['sip:peer'], expiresS: 600 },
  retryMs: { min: 100, max: 100 },
};

export interface TrunkUnderTest {
  handle: WorkflowHandle;
  /** What the registrar was asked for, in order. */
  asked: SendRegisterInput[];
  histories: () => Promise<History[]>;
}

type Registrar = (input: SendRegisterInput, n: number) => Partial<SendRegisterResult>;

/** Grants what it is asked for. */
export const grants: Registrar = ({ expiresS: grantedS }) => ({ grantedS });

/** Runs the real workflow against a registrar, and keeps what it was asked. */
export async function withTrunk(
  host: WorkflowHost,
  script: (trunk: TrunkUnderTest) => Promise<void>,
  more: Partial<RegistrationInput> = {},
  { registrar = grants, ...fakes }: Partial<TrunkActivities> & { registrar?: Registrar } = {}
): Promise<void> {
  const asked: SendRegisterInput[] = [];
  const activities: TrunkActivities = {
    sendRegister: (input) => {
      asked.push(input);
      const answer = { sipStatus: 200, reasonPhrase: 'OK', cseq: input.cseq + 1, contacts: [] };
      return Promise.resolve({ ...answer, ...registrar(input, asked.length) });
    },
    watchTrunk: () => Promise.reject(new Error('not asked for')),
    ...fakes,
  };
  const { client, taskQueue } = host;
  const workflowId = registration.registrationWorkflowId('sales', randomUUID());
  host.serve(workflowId, activities);
  const histories = (): Promise<History[]> =>
    historiesOfRuns((runId) => client.workflow.getHandle(workflowId, runId).fetchHistory());
  const handle = await client.workflow.start(registration.REGISTRATION_WORKFLOW_TYPE, {
    workflowId,
    taskQueue,
    args: [{ node: 'test', settings, ...more }],
  });
  await script({ handle, asked, histories });
  await handle.signal(registration.trunkRemovedSignal).catch(() => undefined);
  await handle.result();
  if (process.env['RECORD_HISTORIES'] !== undefined) await recordHistories(await histories());
}

export async function until(handle: WorkflowHandle, phase: RegistrationPhase): Promise<TrunkStatus> {
  for (const deadline = Date.now() + WAIT_LIMIT_MS; ;) {
    const status = await handle.query(registration.trunkStatusQuery);
    if (status.registration === phase) return status;
    if (Date.now() > deadline) throw new Error(`the trunk did not get there: ${JSON.stringify(status)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
