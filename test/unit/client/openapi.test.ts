import { describe, it, expect } from '@jest/globals';
import { createApi } from '../../../client/api/api';
import { ask, fakeCalls, fakeOperator, silent } from './api-client';

const OPERATOR = ['listTrunks', 'getTrunk', 'registerTrunk', 'unregisterTrunk', 'reloadConfig'];

interface Operation {
  operationId?: string;
  summary?: string;
  security?: object[];
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}
interface Description {
  openapi: string;
  security: Record<string, string[]>[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, object>>;
}

const describeApi = async (tokens = {}): Promise<Description> =>
  (await ask('/v1/openapi.json', {}, { tokens })).body as unknown as Description;

const operationsOf = ({ paths }: Description): Operation[] =>
  Object.values(paths).flatMap((path) => Object.values(path));

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = '$ref' in value && typeof value.$ref === 'string' ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(refsIn)];
}

describe('the OpenAPI description', () => {
  it('describes every route', async () => {
    const { openapi, paths } = await describeApi();
    expect(openapi).toBe('3.1.0');
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`)
    );
    const routes = createApi({ calls: fakeCalls(), ...fakeOperator(), log: silent })
      .routes.filter(({ method, path }) => method !== 'ALL' && path !== '/v1/openapi.json')
      .map(({ method, path }) => `${method} ${path}`);
    expect(new Set(described)).toEqual(new Set(routes));
  });

  it('has only references that lead somewhere', async () => {
    const description = await describeApi();
    const refs = refsIn(description);
    expect(refs.length).toBeGreaterThan(10);
    for (const ref of refs) {
      const found = ref
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], description);
      expect([ref, typeof found]).toEqual([ref, 'object']);
    }
  });

  it('names every operation once, with its answers', async () => {
    const operations = operationsOf(await describeApi());
    const ids = operations.map(({ operationId }) => operationId);
    const sockets = ['openCallSocket', 'openChannelSocket'];
    expect(new Set(ids)).toEqual(
      new Set([...['listCalls', 'getCall', 'watchCall', 'sendActivities', 'getHealth'], ...OPERATOR, ...sockets])
    );
    expect(ids).toHaveLength(12);
    for (const { operationId, summary, responses } of operations) {
      expect(summary).not.toBe('');
      expect(Object.keys(responses)).toContain(sockets.includes(operationId ?? '') ? '101' : '200');
      for (const { description } of Object.values(responses)) expect(description).not.toBe('');
    }
  });

  it('describes every error as a problem', async () => {
    const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    const operations = operationsOf(await describeApi()).filter(({ operationId }) => operationId !== 'getHealth');
    for (const { operationId, responses } of operations) {
      const errors = Object.fromEntries(Object.entries(responses).filter(([status]) => Number(status) >= 400));
      const statuses = Object.keys(errors);
      expect(statuses).toEqual(expect.arrayContaining(['401', '405', '421', '429', '500', '503']));
      for (const [status, { content }] of Object.entries(errors))
        expect([operationId, status, content]).toEqual([operationId, status, problem]);
    }
  });

  it('asks for a token where the API does, but never for its health', async () => {
    const guarded = await describeApi({ operator: 't' });
    expect(guarded.security).toEqual([{ token: [] }]);
    expect(guarded.components['securitySchemes']).toMatchObject({ token: { type: 'http', scheme: 'bearer' } });
    expect(guarded.paths['/healthz']!['get']!.security).toEqual([]);
    expect((await describeApi()).security).toEqual([{}, { token: [] }]);
  });

  it('describes the parameters of each activity with their limits', async () => {
    const { components } = await describeApi();
    expect(components['schemas']).toMatchObject({
      TransferActivity: {
        required: ['type', 'name'],
        properties: {
          name: { enum: ['transfer', 'handover'] },
          activityParams: {
            properties: { transferNotificationsHangupMS: { minimum: 0, maximum: 10_000, default: 5000 } },
          },
        },
      },
      ActivityList: { minItems: 1, maxItems: 20 },
    });
    // Presets may give what the activity does not.
    expect(components['schemas']!['TransferActivity']).not.toHaveProperty('properties.activityParams.required');
  });
});
