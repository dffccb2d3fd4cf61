import { z } from 'zod';
import { configSchema } from './schema';

/** JSON Schema of the configuration file, for editors. What holds between settings is left to `config check`. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  return { ...schema, title: 'Configuration of a durable-calls worker' };
}
