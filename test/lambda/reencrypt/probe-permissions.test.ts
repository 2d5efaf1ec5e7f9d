import type { ReEncryptionPort } from '../../../lambda/ports';
import { probePermissions, sharedProbe } from '../../../lambda/reencrypt/record/probe-permissions';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('every generation is tried once, the current one included', async () => {
  const tried: string[] = [];
  const mayReEncrypt: ReEncryptionPort['mayReEncrypt'] = async (source, destination) => {
    tried.push(`${source} to ${destination}`);
    return source === 'g2' ? 'denied' : 'allowed';
  };
  const reEncrypt = () => Promise.reject(new Error('no blob is needed'));
  const permissions = await probePermissions({ mayReEncrypt, reEncrypt }, { current: 'g3', all: ['g1', 'g2', 'g3'] });
  expect(tried.sort()).toEqual(['g1 to g3', 'g2 to g3', 'g3 to g3']);
  expect([...permissions].sort()).toEqual([['g1', 'allowed'], ['g2', 'denied'], ['g3', 'allowed']]);
});

test('those who ask together share one try, and whoever asks while it runs waits for a fresh one', async () => {
  let tries = 0;
  const ask = sharedProbe(async () => {
    const permission = ++tries === 1 ? 'allowed' : 'denied';
    await nextTurn();
    return new Map([['g1', permission]]);
  });
  const together = [ask(), ask()];
  await Promise.resolve();
  await Promise.resolve();
  expect(tries).toBe(1);
  const later = [ask(), ask()];
  const seen = (await Promise.all([...together, ...later])).map((permissions) => permissions.get('g1'));
  expect(seen).toEqual(['allowed', 'allowed', 'denied', 'denied']);
  expect(tries).toBe(2);
});

test('permission seen once is not believed for ever', async () => {
  let tries = 0;
  const ask = sharedProbe(async () => new Map([['g1', ++tries === 1 ? 'allowed' : 'denied']]));
  expect((await ask()).get('g1')).toBe('allowed');
  expect((await ask()).get('g1')).toBe('denied');
});

test('a try that fails fails those who share it, and nobody after them', async () => {
  let tries = 0;
  const ask = sharedProbe(async () => {
    if (++tries === 1) throw new Error('no answer');
    return new Map([['g1', 'allowed']]);
  });
  await expect(ask()).rejects.toThrow('no answer');
  expect((await ask()).get('g1')).toBe('allowed');
});
