import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { callRecordJsonSchema } from '../../../contracts/call-record';

const PUBLISHED = path.join(__dirname, '../../../docs/schemas/call-record.schema.json');

describe('the JSON Schema of call records', () => {
  it('is published as it is: npm run -s cli -- records schema > docs/schemas/call-record.schema.json', () => {
    expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(JSON.parse(JSON.stringify(callRecordJsonSchema())));
  });
});
