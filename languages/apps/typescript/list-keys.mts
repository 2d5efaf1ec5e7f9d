import { LocalKms } from 'cdk-kms-lifecycle/local-kms';

/** A minimal test of a user: starts the local KMS in this process, and lists its keys. It has none yet. */
async function listKeys(): Promise<void> {
  const kms = await LocalKms.start();
  const response = await fetch(kms.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'TrentService.ListKeys',
      'authorization': 'AWS4-HMAC-SHA256 Credential=tester/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=any',
    },
    body: '{}',
  });
  process.stdout.write(await response.text());
  await kms.stop();
}

void listKeys();
