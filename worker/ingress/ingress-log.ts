/** What the ingress says of what it does; pino fits. */
export interface IngressLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
