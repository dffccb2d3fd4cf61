import { writeFileSync } from 'node:fs';
import { Command, Option } from '@commander-js/extra-typings';
import { ALL_CELLS, selectCells, UnknownCell } from './cells';
import { playMatrix } from './matrix';
import { isRed } from './result';

/** `npm run test:crash`. */
async function main(): Promise<void> {
  const { only, rounds, json } = new Command('test:crash')
    .description('Kills every process at every step of calls and looks at what their peers saw.')
    .option(
      '--only <step/victim/transfer>',
      'these cells alone; * or nothing for any, as in "REFER sent/worker", "*/temporal" or "*/*/REFER, busy"'
    )
    .addOption(new Option('--rounds <n>', 'how often each cell is played').default(1).argParser(Number))
    .option('--json <file>', 'write the result to this file')
    .parse()
    .opts();
  const cells = only === undefined ? ALL_CELLS : selectCells(only);
  console.log(`${cells.length} cells, ${rounds} × each`);
  const result = await playMatrix({ cells, rounds, say: (text) => console.log(text) });
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(result, undefined, 2)}\n`);
  const red = result.cells.filter(isRed);
  for (const what of result.left) console.log(`RED   left: ${what}`);
  console.log(`${result.cells.length - red.length} green, ${red.length} red`);
  process.exitCode = red.length + result.left.length > 0 ? 1 : 0;
}

main().catch((err: unknown) => {
  console.error(err instanceof UnknownCell ? err.message : err);
  process.exitCode = 1;
});
