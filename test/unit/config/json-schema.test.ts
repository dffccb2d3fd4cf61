import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it, expect } from '@jest/globals';
import { configJsonSchema } from '../../../config/json-schema';
import { EXAMPLE } from './config-file';

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

  it('has no setting that the example does not show', () => {
    const example = readFileSync(EXAMPLE, 'utf8');
    const missing = settingsOf(configJsonSchema()).filter((name) => !new RegExp(`\\b${name}:`).test(example));
    expect(missing).toEqual([]);
  });
});

/** Names of all settings, also of those within others. */
function settingsOf(schema: object): string[] {
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value !== 'object' || value === null) return [];
    return [...(key === 'properties' ? Object.keys(value) : []), ...settingsOf(value)];
  });
}
