import path from 'node:path';
import type { WorkflowBundle, WorkflowBundlePath } from '@temporalio/worker';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Names the file with the bundle of the test run. */
export const BUNDLE_VARIABLE = 'TEST_WORKFLOW_BUNDLE';

/** The workflows as they are, bundled once for the test run. */
export function workflowBundle(): WorkflowBundlePath {
  const codePath = process.env[BUNDLE_VARIABLE];
  if (codePath === undefined) throw new Error('no bundle: the test project lacks its global set-up');
  return { codePath };
}

/** @param module path of workflows, from the root of the project */
export function bundleOf(module: string, interceptors: readonly string[] = []): Promise<WorkflowBundle> {
  const of = (name: string): string => path.join(__dirname, '../..', name);
  return bundleWorkflowCode({
    workflowsPath: of(module),
    payloadConverterPath: of('workflows/payload-converter.ts'),
    workflowInterceptorModules: interceptors.map(of),
    logger: new DefaultLogger('WARN'),
  });
}
