import { ReEncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { callKms, isKmsError } from './kms-errors';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type {
  ReEncryptionPort, ReEncryptPermission, ReEncryptRefusal, ReEncryptRequest, ReEncryptResponse,
} from '../../ports/re-encryption';

/** KMS errors that concern one blob, or the key that one blob needs. */
const REFUSALS: { readonly [errorName: string]: ReEncryptRefusal } = {
  IncorrectKeyException: 'incorrect-key',
  InvalidCiphertextException: 'invalid-ciphertext',
  AccessDeniedException: 'access-denied',
  DisabledException: 'key-not-ready',
  KMSInvalidStateException: 'key-not-ready',
  NotFoundException: 'key-not-ready',
};

const NOT_READY = Object.keys(REFUSALS).filter((errorName) => REFUSALS[errorName] === 'key-not-ready');

/**
 * Re-encryption by AWS KMS: data keys are sent and returned as ciphertext only. No other operation of KMS
 * is called here.
 */
export class KmsReEncryption implements ReEncryptionPort {
  public constructor(private readonly client: KMSClient) {}

  public async reEncrypt(request: ReEncryptRequest): Promise<ReEncryptResponse> {
    return callKms(request.destinationKeyArn, async () => {
      try {
        const response = await this.client.send(new ReEncryptCommand(inputOf(request)));
        return {
          kind: 'answered',
          blob: response.CiphertextBlob ?? new Uint8Array(),
          sourceKeyArn: response.SourceKeyId ?? 'no source key',
          destinationKeyArn: response.KeyId ?? 'no destination key',
          requestId: response.$metadata.requestId ?? '',
        };
      } catch (error) {
        return refusalOf(error);
      }
    });
  }

  public async tryReEncrypt(request: ReEncryptRequest): Promise<'succeeds' | Refused> {
    return callKms(request.destinationKeyArn, async () => {
      try {
        await this.client.send(new ReEncryptCommand({ ...inputOf(request), DryRun: true }));
      } catch (error) {
        return isKmsError(error, 'DryRunOperationException') ? 'succeeds' : refusalOf(error);
      }
      throw succeededInDryRun(request.destinationKeyArn);
    });
  }

  public async mayReEncrypt(sourceKeyArn: string, destinationKeyArn: string): Promise<ReEncryptPermission> {
    return callKms(sourceKeyArn, async () => {
      try {
        await this.client.send(new ReEncryptCommand({
          CiphertextBlob: undefined,
          SourceKeyId: sourceKeyArn,
          DestinationKeyId: destinationKeyArn,
          DryRun: true,
          DryRunModifiers: ['IGNORE_CIPHERTEXT'],
        }));
      } catch (error) {
        if (isKmsError(error, 'DryRunOperationException')) return 'allowed';
        if (isKmsError(error, 'AccessDeniedException')) return 'denied';
        if (isKmsError(error, ...NOT_READY)) return 'key-not-ready';
        throw error;
      }
      throw succeededInDryRun(sourceKeyArn);
    });
  }
}

type Refused = ReEncryptResponse & { readonly kind: 'refused' };

function inputOf({ blob, sourceKeyId, destinationKeyArn, encryptionContext }: ReEncryptRequest) {
  return {
    CiphertextBlob: blob,
    SourceKeyId: sourceKeyId,
    DestinationKeyId: destinationKeyArn,
    // KMS does not copy the context: without the second one the new blob would have none.
    SourceEncryptionContext: encryptionContext,
    DestinationEncryptionContext: encryptionContext,
  };
}

function refusalOf(error: unknown): Refused {
  if (!isKmsError(error, ...Object.keys(REFUSALS))) throw error;
  return {
    kind: 'refused',
    refusal: REFUSALS[error.name] as ReEncryptRefusal,
    message: `${error.name} ${error.message}`.trim(),
    requestId: (error as { $metadata?: { requestId?: string } }).$metadata?.requestId ?? '',
  };
}

function succeededInDryRun(where: string): Failure {
  return new Failure(ErrorName.VERIFICATION_FAILED, {
    where, what: 'AWS KMS returned success for a dry run', remedy: 'check which endpoint the AWS KMS client calls',
  });
}
