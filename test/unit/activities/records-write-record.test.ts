import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, expect } from '@jest/globals';
import { createRecordActivities } from '../../../activities/records/write-record';
import type { CallRecord } from '../../../contracts/call-record';
import type { CallId } from '../../../contracts/ids';
import { recordKey } from '../../../contracts/ids';

const callId = 'mfrggzdfmztwq2lk' as CallId;
const startedAt = new Date(Date.UTC(2025, 0, 2, 3, 4, 5, 6));
const record: CallRecord = {
  schemaVersion: 1,
  key: recordKey(callId, startedAt),
  callId,
  node: 'local',
  trunk: 'demo',
  botId: 'demo-bot',
  caller: '+4930123',
  callee: '1000',
  startedAt: startedAt.toISOString(),
  legs: [],
  transfers: [],
  end: { reasonCode: 'client-disconnected', reason: 'caller hung up', by: 'caller' },
  prompts: [],
  refused: [],
  talkMs: 0,
};
const fileName = 'mfrggzdfmztwq2lk-20250102T030405006Z.json';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(path.join(tmpdir(), 'records-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

describe('writeRecord', () => {
  it('writes the record as readable JSON into a folder that it makes', async () => {
    const folder = path.join(base, 'a', 'b');
    await createRecordActivities({ folder }).writeRecord(record);
    const text = await readFile(path.join(folder, fileName), 'utf8');
    expect(JSON.parse(text)).toEqual(record);
    expect(text).toContain('\n  "callId": "mfrggzdfmztwq2lk"');
  });

  it('lets nobody but the owner read it', async () => {
    await createRecordActivities({ folder: base }).writeRecord(record);
    expect((await stat(path.join(base, fileName))).mode & 0o777).toBe(0o600);
  });

  it('leaves one record, the last one, when it is written again', async () => {
    const records = createRecordActivities({ folder: base });
    await Promise.all([1, 2, 3].map(() => records.writeRecord(record)));
    await records.writeRecord({ ...record, talkMs: 7 });
    expect(await readdir(base)).toEqual([fileName]);
    expect(JSON.parse(await readFile(path.join(base, fileName), 'utf8'))).toMatchObject({ talkMs: 7 });
  });

  it('leaves no draft behind when the record cannot be put in place', async () => {
    const folder = path.join(base, 'records');
    const records = createRecordActivities({ folder });
    const blocked = { ...record, key: 'missing/folder' as CallRecord['key'] };
    await expect(records.writeRecord(blocked)).rejects.toThrow('ENOENT');
    expect(await readdir(folder)).toEqual([]);
  });
});
