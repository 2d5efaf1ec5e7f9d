import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { loadFunction, type LoadedFunction } from '../../../local/lambda/load-function';

const THE_BEGINNING = new Date('2026-01-01T00:00:00.000Z');

let folder: string;
let clock: VirtualClock;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'function-'));
  clock = VirtualClock.frozenAt(THE_BEGINNING);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a bundle whose handler has this body. */
function bundle(body: string, before = ''): (environment?: { [name: string]: string }) => LoadedFunction {
  const file = join(folder, 'index.js');
  writeFileSync(file, `'use strict';\n${before}\nexports.handler = async (event, context) => {\n${body}\n};\n`);
  return (environment = {}) => loadFunction(file, { environment, clock });
}

describe('the current time', () => {
  test('is that of the clock, by every way to read it', async () => {
    const invoke = bundle('return [Date.now(), new Date().toISOString(), Date(), new (class extends Date {})().getTime()];')();
    const expected = () => [clock.now().getTime(), clock.now().toISOString(), clock.now().toString(), clock.now().getTime()];
    expect(await invoke({})).toEqual(expected());
    clock.advance(90 * 24 * 3_600_000);
    expect(await invoke({})).toEqual(expected());
  });

  test('does not change a given time', async () => {
    const invoke = bundle(`
      const date = new Date(2026, 0, 31);
      return {
        given: [new Date(7).getTime(), new Date('2026-05-01T00:00:00Z').getTime(), Date.UTC(2026, 1), Date.parse('2026-05-01T00:00:00Z'), date.getDate()],
        kind: [new Date() instanceof Date, date instanceof Date, Object.prototype.toString.call(date), require('node:util').types.isDate(new Date())],
      };`)();
    expect(await invoke({})).toEqual({
      given: [7, Date.parse('2026-05-01T00:00:00Z'), Date.UTC(2026, 1), Date.parse('2026-05-01T00:00:00Z'), 31],
      kind: [true, true, '[object Date]', true],
    });
  });
});

describe('the environment', () => {
  const READ = 'return [process.env.NAME, process.env.PATH, require("node:process").env.NAME, require("process").env.NAME];';

  test('holds the given variables and none of this process', async () => {
    expect(process.env.PATH).toBeDefined();
    expect(await bundle(READ)({ NAME: 'control' })({})).toEqual(['control', null, 'control', 'control']);
  });

  test('belongs to one load: another load does not see a variable that a function sets', async () => {
    const load = bundle('process.env.NAME += "!"; return process.env.NAME;');
    const [control, worker] = [load({ NAME: 'control' }), load({ NAME: 'worker' })];
    expect([await control({}), await worker({}), await control({})]).toEqual(['control!', 'worker!', 'control!!']);
    expect(process.env.NAME).toBeUndefined();
  });

  test('has a HOME without the AWS configuration of this machine', async () => {
    expect(await bundle('return require("node:fs").existsSync(process.env.HOME + "/.aws");')()({})).toBe(false);
  });

  test('is all that differs: the rest of the process is that of this one', async () => {
    expect(await bundle('return [process.version, process.pid, process.hrtime.bigint() > 0n, process.cwd()];')()({}))
      .toEqual([process.version, process.pid, true, process.cwd()]);
  });
});

describe('the module', () => {
  test('is fresh for each load, and the same for each invocation', async () => {
    const load = bundle('return count += 1;', 'let count = 0;');
    const [one, other] = [load(), load()];
    expect([await one({}), await one({}), await other({})]).toEqual([1, 2, 1]);
  });

  test('can use module.exports, and must export a handler', async () => {
    const file = join(folder, 'other.js');
    writeFileSync(file, 'module.exports = { handler: async () => [__filename, __dirname, module.exports === exports] };');
    expect(await loadFunction(file, { environment: {}, clock })({})).toEqual([file, folder, false]);
    writeFileSync(file, 'exports.other = 1;');
    expect(() => loadFunction(file, { environment: {}, clock })).toThrow(`${file} exports no handler`);
  });

  test('throws errors whose name and message its caller receives', async () => {
    const invoke = bundle('const error = new RangeError("census is not zero"); error.name = "CensusNotZero"; throw error;')();
    await expect(invoke({})).rejects.toMatchObject({ name: 'CensusNotZero', message: 'census is not zero' });
    await expect(invoke({})).rejects.toBeInstanceOf(Error);
  });
});

test('the output is kept line by line, for each load, and is not printed', async () => {
  const printed = jest.spyOn(process.stdout, 'write');
  const load = bundle('process.stdout.write(`{"level":`); process.stdout.write(`"INFO"}\\n`); console.log("logged", 1); '
    + 'console.error("failed"); process.stderr.write("a\\nb\\n");');
  const [one, other] = [load(), load()];
  await one({});
  expect(one.lines).toEqual(['{"level":"INFO"}', 'logged 1', 'failed', 'a', 'b']);
  expect(other.lines).toEqual([]);
  expect(printed).not.toHaveBeenCalled();
});
