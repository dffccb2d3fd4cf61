import { isObject } from './dialect';

const SCALARS = ['stringValue', 'numberValue', 'boolValue'] as const;

/**
 * A `google.protobuf.Struct` as Google's client for Node.js gives it, `{fields: {name: {stringValue}}}`, as plain JSON; anything else as it is.
 * Source: google/protobuf/struct.proto.
 */
export function plainStruct(value: unknown): unknown {
  if (!isObject(value) || !isObject(value['fields']) || !Object.values(value['fields']).every(isValue)) return value;
  return Object.fromEntries(Object.entries(value['fields']).map(([name, field]) => [name, plainValue(field)]));
}

function isValue(field: unknown): boolean {
  return isObject(field) && ['nullValue', 'structValue', 'listValue', ...SCALARS].some((kind) => kind in field);
}

function plainValue(field: unknown): unknown {
  if (!isObject(field)) return null;
  const scalar = SCALARS.find((kind) => field[kind] !== undefined && field[kind] !== null);
  if (scalar !== undefined) return field[scalar];
  const { structValue, listValue } = field;
  if (isObject(structValue)) return plainStruct(structValue);
  if (isObject(listValue) && Array.isArray(listValue['values'])) return listValue['values'].map(plainValue);
  return null;
}
