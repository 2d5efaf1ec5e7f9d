import type { ReEncryptionPort } from '../../../lambda/ports/re-encryption';
import { probePermissions, sharedProbe } from '../../../lambda/reencrypt/record/probe-permissions';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test('every generation is probed once, including the current one', async () => {
  const probed: string[] = [];
  const mayReEncrypt: ReEncryptionPort['mayReEncrypt'] = async (source, destination) => {
    probed.push(`${source} to ${destination}`);
    return source === 'g2' ? 'denied' : 'allowed';
  };
  const reEncrypt = () => Promise.reject(new Error('no blob is needed'));
  const permissions = await probePermissions({ mayReEncrypt, reEncrypt, tryReEncrypt: reEncrypt }, { current: 'g3', all: ['g1', 'g2', 'g3'] });
  expect(probed.sort()).toEqual(['g1 to g3', 'g2 to g3', 'g3 to g3']);
  expect([...permissions].sort()).toEqual([['g1', 'allowed'], ['g2', 'denied'], ['g3', 'allowed']]);
});

test('concurrent calls share one probe, and a call during that probe waits for a new one', async () => {
  let probes = 0;
  const probe = sharedProbe(async () => {
    const permission = ++probes === 1 ? 'allowed' : 'denied';
    await nextTurn();
    return new Map([['g1', permission]]);
  });
  const concurrent = [probe(), probe()];
  await Promise.resolve();
  await Promise.resolve();
  expect(probes).toBe(1);
  const later = [probe(), probe()];
  const seen = (await Promise.all([...concurrent, ...later])).map((permissions) => permissions.get('g1'));
  expect(seen).toEqual(['allowed', 'allowed', 'denied', 'denied']);
  expect(probes).toBe(2);
});

test('a permission is not cached', async () => {
  let probes = 0;
  const probe = sharedProbe(async () => new Map([['g1', ++probes === 1 ? 'allowed' : 'denied']]));
  expect((await probe()).get('g1')).toBe('allowed');
  expect((await probe()).get('g1')).toBe('denied');
});

test('a probe that fails rejects the calls that share it, and no later call', async () => {
  let probes = 0;
  const probe = sharedProbe(async () => {
    if (++probes === 1) throw new Error('no answer');
    return new Map([['g1', 'allowed']]);
  });
  await expect(probe()).rejects.toThrow('no answer');
  expect((await probe()).get('g1')).toBe('allowed');
});
