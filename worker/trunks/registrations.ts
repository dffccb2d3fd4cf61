import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Log } from '../../activities/log';
import type { TrunkConfig } from '../../config/config';
import { isWatched } from '../../config/watched-trunks';
import { nodeTaskQueue } from '../../contracts/ids';
import { runningQuery } from '../../contracts/list-query';
import type { RegistrationInput, RegistrationSettings } from '../../contracts/registration';
import {
  parseRegistrationWorkflowId,
  REGISTRATION_WORKFLOW_TYPE,
  registrationWorkflowId,
  trunkConfiguredSignal,
  trunkRemovedSignal,
} from '../../contracts/registration';
import { callSearchAttributes, trunkSearchAttributes } from '../../contracts/search-attributes';
import { tellTemporal } from '../tell-temporal';
import { WORKFLOW_TASK_TIMEOUT } from '../workflow-task-timeout';
import { registrationSettings } from './registration-settings';

/** Tells the registrations of a node's trunks what is configured. They are workflows: however many workers tell them, each is there once. */
export class Registrations {
  /** Counts the configurations, so that an older one that Temporal would not take is not told after a newer one. */
  #latest = 0;

  constructor(
    private readonly client: Client,
    private readonly node: string,
    private readonly log: Log,
    private readonly perRun: Pick<RegistrationInput, 'historyEventsPerRun'> = {}
  ) {}

  /** Starts or changes the registrations of these trunks and ends all others of the node; tried again until Temporal has taken it. */
  async apply(trunks: readonly TrunkConfig[]): Promise<void> {
    const turn = ++this.#latest;
    const wanted = trunks.filter(isWatched).map(registrationSettings);
    const telling = { what: 'the registrations of trunks', isWanted: (): boolean => turn === this.#latest };
    await tellTemporal({ client: this.client, log: this.log, ...telling }, () => this.#tell(wanted));
  }

  async #tell(wanted: readonly RegistrationSettings[]): Promise<void> {
    for (const settings of wanted) await this.#configure(settings);
    const ids = new Set(wanted.map(({ trunk }) => registrationWorkflowId(trunk, this.node)));
    const query = runningQuery({ type: REGISTRATION_WORKFLOW_TYPE, node: this.node });
    for await (const { workflowId } of this.client.workflow.list({ query }))
      if (!ids.has(workflowId)) await this.#remove(workflowId);
  }

  async #configure(settings: RegistrationSettings): Promise<void> {
    const { trunk, login } = settings;
    await this.client.workflow.signalWithStart(REGISTRATION_WORKFLOW_TYPE, {
      workflowId: registrationWorkflowId(trunk, this.node),
      taskQueue: nodeTaskQueue(this.node),
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      args: [{ node: this.node, settings, ...this.perRun }],
      signal: trunkConfiguredSignal,
      signalArgs: [settings],
      staticSummary: `trunk ${trunk}, login ${login}`,
      typedSearchAttributes: [
        { key: callSearchAttributes.trunk, value: trunk },
        { key: trunkSearchAttributes.state, value: 'down' },
      ],
    });
  }

  async #remove(workflowId: string): Promise<void> {
    const { trunk } = parseRegistrationWorkflowId(workflowId) ?? {};
    this.log.info({ trunk }, 'the trunk is not configured any more; its registration ends');
    try {
      await this.client.workflow.getHandle(workflowId).signal(trunkRemovedSignal);
    } catch (err) {
      // It has ended meanwhile.
      if (!(err instanceof WorkflowNotFoundError)) throw err;
    }
  }
}
