import type { Mutant } from './mutant';

/** Safety measures of imported key material and of the versions of its secret. */
export const KEY_MATERIAL_MUTANTS: readonly Mutant[] = [
  {
    without: 'the list of keys, which a deleted key is not in',
    file: 'lambda/key-material/remove-labels.ts',
    find: 'if (!existing.has(keyId)) await',
    replace: 'await',
    tests: 'test/lambda/key-material/remove-labels',
  },
  {
    without: 'the answer of KMS that a key does not exist, before its label is removed',
    file: 'lambda/key-material/remove-labels.ts',
    find: '    if (!await ports.kms.isUnknownKey(keyId)) return;\n',
    replace: '',
    tests: 'test/lambda/key-material/remove-labels',
  },
  {
    without: 'the versions in use, whose labels stay',
    file: 'lambda/key-material/remove-labels.ts',
    find: ' || inUse.has(label.versionId)',
    replace: '',
    tests: 'test/lambda/key-material/remove-labels',
  },
  {
    without: 'the account of the key in a label',
    file: 'lambda/key-material/pin-labels.ts',
    find: 'account !== place.account || ',
    replace: '',
    tests: 'test/lambda/key-material/pin-labels',
  },
  {
    without: 'the Region of the key in a label',
    file: 'lambda/key-material/pin-labels.ts',
    find: ' || region !== place.region',
    replace: '',
    tests: 'test/lambda/key-material/pin-labels',
  },
  {
    without: 'the seven days in which KMS deletes no new key',
    file: 'lambda/key-material/pin-labels.ts',
    find: '(1 + PENDING_WINDOW_DAYS.min) * DAY',
    replace: '0',
    tests: 'test/lambda/key-material/pin-labels',
  },
  {
    without: 'the label of an earlier version, which still protects its version',
    file: 'lambda/key-material/pin-versions.ts',
    find: ', formerPinLabel(key, keyMaterialId)]',
    replace: ']',
    tests: 'test/lambda/key-material/import-other-secret',
  },
  {
    without: 'the check that a denied read is no proof of a deletion',
    file: 'lambda/adapters/kms/kms-family.ts',
    find: "        if (isKmsError(error, 'NotFoundException')) return true;\n",
    replace: '        return true;\n',
    tests: 'test/lambda/adapters/kms-family',
  },
  {
    without: 'the limit to our staging labels, so that the importer could move AWSCURRENT',
    file: 'src/material/key-material-source.ts',
    find: '`${STAGING_LABEL_PREFIX}*`',
    replace: "'*'",
    tests: 'test/src/key/key-access',
  },
  {
    without: 'the secret that is recorded with the version of key material',
    file: 'lambda/key-material/plan-import.ts',
    find: 'if (keepsCurrent && isFromOtherSecret(state, current)) return',
    replace: 'if (keepsCurrent && current.keyMaterialId === undefined) return',
    tests: 'test/lambda/key-material/import-other-secret',
  },
  {
    without: 'the refusal of an import that is delivered again after a later one',
    file: 'lambda/key-material/plan-import.ts',
    find: '  refuseSuperseded(state, request);\n',
    replace: '',
    tests: 'test/lambda/key-material/late-events',
  },
];
