import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RecordFacts } from './evidence';

const recordSchema = z.looseObject({
  callId: z.string(),
  end: z.looseObject({ reasonCode: z.string() }),
  transfers: z.array(
    z.looseObject({
      target: z.string(),
      outcome: z.looseObject({ status: z.string(), reasonCode: z.string().optional() }).optional(),
    })
  ),
});

/** The call detail records of one call that stand in a folder or in folders within it. */
export async function readRecords(folder: string, callId: string): Promise<RecordFacts[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const records = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readRecord(join(folder, name)))
  );
  return records.filter((record) => record?.callId === callId).filter((record) => record !== undefined);
}

async function readRecord(file: string): Promise<RecordFacts | undefined> {
  try {
    return recordSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
