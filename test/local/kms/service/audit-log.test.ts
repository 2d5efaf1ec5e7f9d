import { randomBytes } from 'node:crypto';
import type { AuditRecord } from '../../../../local/kms/service/audit/audit-log';
import { aKey, aLocalKms, anImportedKey, encryptText, MINUTE, REGION, refusalOf, THE_BEGINNING } from '../local-kms-bench';

test('a record holds caller, operation, time, keys and result of a call', async () => {
  const { server, as } = await aLocalKms();
  const worker = as('worker');
  const [source, destination] = [await aKey(worker), await aKey(worker)];
  const blob = await encryptText(worker, source.KeyId, 'text', { tenant: 'acme' });
  server.clock.advance(MINUTE);

  const answer = await worker.reEncrypt({
    CiphertextBlob: blob,
    SourceEncryptionContext: { tenant: 'acme' },
    DestinationKeyId: destination.KeyId,
    DestinationEncryptionContext: { tenant: 'acme', moved: 'yes' },
  });

  expect(server.audit.records.at(-1)).toEqual({
    sequence: 4,
    time: new Date(THE_BEGINNING.getTime() + MINUTE),
    operation: 'ReEncrypt',
    accessKey: 'worker',
    account: '111122223333',
    region: REGION,
    status: 'answered',
    httpStatus: 200,
    requestId: answer.$metadata.requestId,
    eventId: expect.any(String),
    keyArns: [source.Arn, destination.Arn],
    encryptionContext: { tenant: 'acme' },
    destinationEncryptionContext: { tenant: 'acme', moved: 'yes' },
    cloudTrail: {
      requestParameters: {
        sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        sourceKeyId: source.Arn,
        sourceEncryptionContext: { tenant: 'acme' },
        destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        destinationKeyId: destination.KeyId,
        destinationEncryptionContext: { tenant: 'acme', moved: 'yes' },
      },
      responseElements: null,
      additionalEventData: { sourceKeyMaterialId: answer.SourceKeyMaterialId, destinationKeyMaterialId: answer.DestinationKeyMaterialId },
    },
  });
});

test('the record of a refused call holds the name of its error', async () => {
  const { server, kms } = await aLocalKms();
  const { KeyId, Arn } = await aKey(kms);
  await kms.disableKey({ KeyId });
  await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.from('text'), EncryptionContext: { tenant: 'acme' } }));
  expect(server.audit.records.at(-1)).toMatchObject(
    { operation: 'Encrypt', status: 'DisabledException', httpStatus: 400, keyArns: [Arn], encryptionContext: { tenant: 'acme' } });
});

test('calls are counted by caller, operation and result, even those whose records are not kept', async () => {
  const heard: AuditRecord[] = [];
  const { server, as } = await aLocalKms({ auditCapacity: 3, onCall: (record) => heard.push(record) });
  const [worker, application] = [as('worker'), as('application')];
  const { KeyId } = await aKey(application);
  for (let call = 0; call < 5; call++) await encryptText(application, KeyId, 'text');
  for (let call = 0; call < 4; call++) await refusalOf(worker.disableKey({ KeyId: 'nobody' }));

  expect(server.audit.count()).toBe(10);
  expect(server.audit.count({ accessKey: 'application' })).toBe(6);
  expect(server.audit.count({ accessKey: 'application', operation: 'Encrypt' })).toBe(5);
  expect(server.audit.count({ accessKey: 'worker', status: 'answered' })).toBe(0);
  expect(server.audit.count({ status: 'NotFoundException' })).toBe(4);
  expect(server.audit.records.map(({ sequence }) => sequence)).toEqual([8, 9, 10]);
  expect(heard.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('it never holds plaintext, ciphertext or key material', async () => {
  const { server, kms } = await aLocalKms();
  const material = randomBytes(32);
  const { KeyId } = await anImportedKey(kms, Buffer.from(material));
  const text = randomBytes(16).toString('hex');
  const blob = await encryptText(kms, KeyId, text);
  const { Plaintext } = await kms.generateDataKey({ KeyId, KeySpec: 'AES_256' });
  await kms.decrypt({ CiphertextBlob: blob });
  await refusalOf(kms.encrypt({ KeyId, Plaintext: Buffer.alloc(5000, text) }));

  const told = JSON.stringify(server.audit.records);
  for (const secret of [material, Buffer.from(text), Buffer.from(blob), Buffer.from(Plaintext!)]) {
    for (const encoding of ['hex', 'base64', 'latin1'] as const) expect(told).not.toContain(secret.toString(encoding));
  }
});
