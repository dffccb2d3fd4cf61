import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, expect } from '@jest/globals';
import { configJsonSchema } from '../../../config/json-schema';

const PUBLISHED = path.join(__dirname, '../../../docs/schemas/config.schema.json');

describe('the JSON Schema of the configuration', () => {
  it('is published as it is: npm run -s cli -- config schema > docs/schemas/config.schema.json', () => {
    expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  it('says of every setting of trunks and channels what it is', () => {
    const { properties } = configJsonSchema() as {
      properties: Record<string, { items: { properties: Record<string, { description?: string }> } }>;
    };
    const settings = [properties['trunks']!, properties['channels']!].map(({ items }) => items.properties);
    for (const [name, { description }] of settings.flatMap((each) => Object.entries(each)))
      expect([name, description]).toEqual([name, expect.stringMatching(/^[a-zA-Z].*\.$/)]);
  });
});
