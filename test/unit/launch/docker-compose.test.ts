import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { searchAttributeTypes } from '../../../contracts/search-attributes';
import { startDevArguments } from '../../../launch/temporal-server';

const serviceSchema = z.looseObject({
  image: z.string(),
  command: z.array(z.string()),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  network_mode: z.string().optional(),
  healthcheck: z
    .object({ test: z.array(z.string()) })
    .loose()
    .optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const composeSchema = z.object({
  services: z.object({
    temporal: serviceSchema,
    build: serviceSchema,
    'sip-server': serviceSchema,
    worker: serviceSchema,
  }),
  volumes: z.record(z.string(), z.null()),
});

const { services } = composeSchema.parse(parse(readFileSync('docker-compose.yml', 'utf8')));

/** The source of a compiled script in dist/. */
function sourceOf(script: string): string {
  return script.replace(/^dist\//, '').replace(/\.js$/, '.ts');
}

describe('docker-compose.yml', () => {
  it('starts Temporal with the options of the embedded server', () => {
    const options = startDevArguments({
      cliPath: 'temporal',
      host: '0.0.0.0',
      port: 7233,
      uiPort: 8233,
      dbFilename: '/data/temporal.db',
      searchAttributes: searchAttributeTypes,
    });
    const joined = options
      .join(' ')
      .replaceAll(/(--\S+) (?!--)/g, '$1=')
      .split(' ');
    expect([...services.temporal.command].sort()).toEqual(joined.sort());
  });

  it('publishes gRPC and the web UI on loopback only', () => {
    expect(services.temporal.ports).toEqual(['127.0.0.1:7233:7233', '127.0.0.1:8233:8233']);
  });

  it('runs scripts that exist', () => {
    for (const name of ['sip-server', 'worker'] as const) {
      const [node, script = ''] = services[name].command;
      expect(node).toBe('node');
      expect(existsSync(sourceOf(script)) || script).toBe(true);
    }
    expect(services.build.command).toEqual(['node', 'launch/run.js', 'setup']);
  });

  it('gives the worker the SIP server and the Temporal that it starts', () => {
    const admin = services['sip-server'].command.find((argument) => argument.startsWith('--admin='));
    const example = z
      .looseObject({ sipServer: z.object({ host: z.string(), port: z.number() }) })
      .parse(parse(readFileSync('examples/durable-calls.yaml', 'utf8')));
    expect(admin).toBe(`--admin=${example.sipServer.host}:${example.sipServer.port}`);
    expect(services.worker.environment.TEMPORAL_ADDRESS).toBe('127.0.0.1:7233');
    expect(services.worker.environment.DRACHTIO_SECRET).toBe(services['sip-server'].environment.DRACHTIO_SECRET);
  });

  it('waits for each service to be healthy before the next one starts', () => {
    expect(services.worker.depends_on).toEqual({
      temporal: { condition: 'service_healthy' },
      'sip-server': { condition: 'service_healthy' },
    });
    for (const name of ['temporal', 'sip-server', 'worker'] as const)
      expect(services[name].healthcheck?.test[0]).toBe('CMD');
  });
});
