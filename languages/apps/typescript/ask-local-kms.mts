import { LocalKms } from 'cdk-kms-lifecycle/local-kms';

/** A test of somebody else in short: a KMS in its own process, which is asked for its keys and has none yet. */
async function askLocalKms(): Promise<void> {
  const kms = await LocalKms.start();
  const answer = await fetch(kms.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'TrentService.ListKeys',
      'authorization': 'AWS4-HMAC-SHA256 Credential=tester/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=any',
    },
    body: '{}',
  });
  process.stdout.write(await answer.text());
  await kms.stop();
}

void askLocalKms();
