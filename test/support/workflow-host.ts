import { randomUUID } from 'node:crypto';
import { activityInfo } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { PATIENCE } from '../../client/connect';
import { workflowBundle } from './workflow-bundle';

type Activity = (...args: unknown[]) => unknown;

let runtime: Runtime | undefined;

/** One worker of the real workflows on the Temporal server of the test run. Each workflow has activities of its own. */
export class WorkflowHost {
  static async open(
    taskQueue = `test-${randomUUID()}`,
    bundle: WorkflowBundleOption = workflowBundle()
  ): Promise<WorkflowHost> {
    runtime ??= Runtime.install({ logger: new DefaultLogger('ERROR') });
    const address = process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233';
    const connection = await Connection.connect({ address, ...PATIENCE });
    const native = await NativeConnection.connect({ address });
    const ofWorkflow = new Map<string, object>();
    const worker = await Worker.create({
      connection: native,
      taskQueue,
      workflowBundle: bundle,
      activities: { default: (...args: unknown[]) => perform(ofWorkflow, args) },
    });
    return new WorkflowHost(taskQueue, connection, native, worker, ofWorkflow);
  }

  readonly client: Client;
  readonly #running: Promise<void>;

  private constructor(
    readonly taskQueue: string,
    private readonly connection: Connection,
    private readonly native: NativeConnection,
    private readonly worker: Worker,
    private readonly activities: Map<string, object>
  ) {
    this.client = new Client({ connection });
    this.#running = worker.run();
  }

  /** Gives a workflow its activities, by their names; before it starts. */
  serve(workflowId: string, activities: object): void {
    this.activities.set(workflowId, activities);
  }

  async close(): Promise<void> {
    this.worker.shutdown();
    await this.#running;
    await this.native.close();
    await this.connection.close();
  }
}

function perform(ofWorkflow: ReadonlyMap<string, object>, args: unknown[]): unknown {
  const { activityType, workflowExecution } = activityInfo();
  const activities = ofWorkflow.get(workflowExecution?.workflowId ?? '') as Record<string, Activity> | undefined;
  const activity = activities?.[activityType];
  if (!activity) throw new Error(`no activity ${activityType}`);
  return activity(...args);
}
