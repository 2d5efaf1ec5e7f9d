import fc from 'fast-check';
import { aLocalKms } from '../local-kms-bench';
import { decrypt, decryptAsItShouldBe, encrypt, generateDataKey, openIfPossible, reEncrypt } from './data-steps';
import {
  cancelDeletion, deleteMaterial, disable, enable, expectAsModelled, importMaterial, letTimePass, moveAlias, rotate, scheduleDeletion,
} from './key-steps';
import { aWorld, outcomes } from './world';

const SEQUENCES = 300;
const LONGEST_SEQUENCE = 40;

test('for every sequence of calls, a ciphertext can be decrypted exactly when AWS decrypts it, and errors have the names of AWS', async () => {
  const bench = await aLocalKms();
  const steps = fc.commands(
    [
      encrypt,
      encrypt,
      generateDataKey,
      decrypt,
      decrypt,
      decryptAsItShouldBe,
      decryptAsItShouldBe,
      reEncrypt,
      reEncrypt,
      disable,
      enable,
      enable,
      scheduleDeletion,
      cancelDeletion,
      cancelDeletion,
      cancelDeletion,
      importMaterial,
      importMaterial,
      importMaterial,
      importMaterial,
      deleteMaterial,
      rotate,
      rotate,
      moveAlias,
      letTimePass,
    ],
    { maxCommands: LONGEST_SEQUENCE, size: 'max' },
  );

  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const { model, real } = await aWorld(bench);
      await fc.asyncModelRun(() => ({ model, real }), sequence);
      for (const key of model.keys) await expectAsModelled(key, real);
      for (const ciphertext of model.ciphertexts) await openIfPossible(ciphertext, real.kms);
    }),
    { numRuns: SEQUENCES, seed: 20260101 },
  );

  // A model in which no call is refused proves little.
  expect([...outcomes.keys()].sort()).toEqual([
    'AccessDeniedException',
    'DisabledException',
    'IncorrectKeyException',
    'IncorrectKeyMaterialException',
    'InvalidCiphertextException',
    'KMSInvalidStateException',
    'NotFoundException',
    'UnsupportedOperationException',
    'answered',
  ]);
  const calls = [...outcomes.values()].reduce((sum, each) => sum + each);
  const told = [...outcomes].map(([name, times]) => `${name} ${times}`).join(', ');
  console.info(`${calls} calls in ${SEQUENCES} sequences ended as the model says: ${told}`);
});
