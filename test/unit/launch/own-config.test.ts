import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { demoPlan, demoPorts } from '../../../launch/demo/plan';
import { configDialLines, demoDialLines, greetingText } from '../../../launch/greeting';
import { LaunchError } from '../../../launch/launch-error';
import { readOwnConfig } from '../../../launch/own-config';

const OPTIONS = { adminPort: 9122, controlPort: 9123, apiPort: 8180, data: '/data' };
const YAML = `
api: { host: 0.0.0.0, port: 80 }
trunks:
  - { id: berlin, login: '+4930123', sources: [127.0.0.1] }
  - { id: paris, login: '331', sources: [127.0.0.1] }
channels:
  - { botId: anna, trunk: berlin, leg: 'sip:anna@127.0.0.1:5070' }
  - { botId: marie, trunk: paris, leg: 'sip:marie@127.0.0.1:5070' }
`;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durable-calls-'));
  file = join(folder, 'own.yaml');
  writeFileSync(file, YAML);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a configuration of the user', () => {
  it('is read with the ports, hosts and folder of the options before its own', () => {
    const config = readOwnConfig(file, OPTIONS, {});
    expect(config.sipServer).toMatchObject({ host: '127.0.0.1', port: 9122 });
    expect(config.api).toMatchObject({ host: '127.0.0.1', port: 8180 });
    expect(config.records.folder).toBe('/data/records');
  });

  it('needs no secret yet, and does not mind two', () => {
    const env = { DRACHTIO_SECRET: 'one', DRACHTIO_SECRET_FILE: '/nonexistent/secret' };
    expect(readOwnConfig(file, OPTIONS, env).trunks).toHaveLength(2);
  });

  it('is refused with the line of each fault', () => {
    writeFileSync(file, YAML.replace('trunk: paris', 'trunk: rome').replace('[127.0.0.1]', '[nowhere]'));
    expect(() => readOwnConfig(file, OPTIONS, {})).toThrow(LaunchError);
    expect(() => readOwnConfig(file, OPTIONS, {})).toThrow(/own\.yaml:4 trunks\[0\]\.sources\[0\]: is not an IP/);
  });
});

describe('the start screen', () => {
  const rest = { apiPort: 8180, temporal: 'http://ui', logs: '/logs', records: '/records' };

  it('says where to dial the logins of the user', () => {
    const dialLines = configDialLines(readOwnConfig(file, OPTIONS, {}), 5160);
    const text = greetingText({ dialLines, ...rest });
    expect(text).toContain('dial      sip:+4930123@127.0.0.1:5160   trunk berlin, bot anna\n');
    expect(text).toContain('dial      sip:331@127.0.0.1:5160        trunk paris, bot marie\n');
    expect(text).not.toContain('sip:1000@');
  });

  it('says where to dial the bots of the demonstration, and where the calls are', () => {
    const plan = demoPlan('127.0.0.1', 5160, demoPorts(5170), [486, 200]);
    const text = greetingText({ dialLines: demoDialLines(plan), ...rest });
    expect(text).toMatch(/dial +sip:1000@127\.0\.0\.1:5160 /);
    expect(text).toMatch(/dial +sip:2000@127\.0\.0\.1:5160 +a bot that only answers/);
    expect(text).toContain('http://127.0.0.1:8180/v1/calls\n');
  });
});
