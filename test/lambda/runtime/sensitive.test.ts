import { inspect } from 'node:util';
import { Sensitive } from '../../../lambda/sensitive';

const newMaterial = () => new Sensitive(Buffer.from('key bytes'));

test.each<[string, (material: Sensitive) => string]>([
  ['printed', (material) => String(material)],
  ['part of a template string', (material) => `${material}`],
  ['serialized', (material) => JSON.stringify({ material })],
  ['inspected', (material) => inspect({ nested: { material } }, { depth: 9, showHidden: true })],
])('key material is redacted when it is %s', (_, show) => {
  const shown = show(newMaterial());
  expect(shown).toContain('[redacted]');
  expect(shown).not.toContain('key bytes');
  expect(shown).not.toContain('6b 65 79');
});

test('key material is overwritten after its use, also if the use fails', async () => {
  const [used, failed] = [Buffer.from('key bytes'), Buffer.from('key bytes')];
  await new Sensitive(used).useOnce((plaintext) => expect(plaintext.toString()).toBe('key bytes'));
  await expect(new Sensitive(failed).useOnce(() => { throw new Error('stop'); })).rejects.toThrow('stop');
  expect([used, failed]).toEqual([Buffer.alloc(9), Buffer.alloc(9)]);
});
