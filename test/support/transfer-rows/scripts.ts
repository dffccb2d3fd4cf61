import { ANSWER_SCRIPTS } from './answer-scripts';
import { INVITE_SCRIPTS } from './invite-scripts';
import { REPORT_SCRIPTS } from './report-scripts';
import type { RowScript } from './script';

/** One or more ways to play each row of the table. */
export const SCRIPTS: Readonly<Record<string, RowScript[]>> = {
  ...REPORT_SCRIPTS,
  ...ANSWER_SCRIPTS,
  ...INVITE_SCRIPTS,
};
