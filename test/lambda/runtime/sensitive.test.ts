import { inspect } from 'node:util';
import { Sensitive } from '../../../lambda/sensitive';

const bytes = () => new Sensitive(Buffer.from('key bytes'));

test.each<[string, (material: Sensitive) => string]>([
  ['printed', (material) => String(material)],
  ['joined to text', (material) => `${material}`],
  ['serialised', (material) => JSON.stringify({ material })],
  ['inspected', (material) => inspect({ nested: { material } }, { depth: 9, showHidden: true })],
])('bytes of a key are redacted when they are %s', (_, show) => {
  const shown = show(bytes());
  expect(shown).toContain('[redacted]');
  expect(shown).not.toContain('key bytes');
  expect(shown).not.toContain('6b 65 79');
});

test('bytes of a key are overwritten after their use, also when it fails', async () => {
  const [used, failed] = [Buffer.from('key bytes'), Buffer.from('key bytes')];
  await new Sensitive(used).useOnce((plaintext) => expect(plaintext.toString()).toBe('key bytes'));
  await expect(new Sensitive(failed).useOnce(() => { throw new Error('stop'); })).rejects.toThrow('stop');
  expect([used, failed]).toEqual([Buffer.alloc(9), Buffer.alloc(9)]);
});
