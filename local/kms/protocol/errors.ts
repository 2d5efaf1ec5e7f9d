/**
 * An error as AWS KMS returns it: the name from which SDKs create a class, and the message of AWS.
 *
 * Some exceptions of AWS have no message; then `text` and the member in the answer are absent.
 */
export class KmsError extends Error {
  public constructor(name: string, public readonly text?: string, public readonly httpStatus = 400) {
    super(text ?? name);
    this.name = name;
  }
}

// Protocol.
export const missingAuthentication = () => new KmsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
export const incompleteSignature = (text: string) => new KmsError('IncompleteSignatureException', text);
export const unknownOperation = (text?: string) => new KmsError('UnknownOperationException', text);
export const serialization = (text: string) => new KmsError('SerializationException', text);
export const validation = (text: string) => new KmsError('ValidationException', text);
export const notSupported = (what: string) =>
  new KmsError('UnsupportedOperationException', `${what} is not supported by the local KMS yet.`);
export const throttled = () =>
  new KmsError('ThrottlingException', 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.');
export const internal = (text?: string) => new KmsError('KMSInternalException', text, 500);
export const dependencyTimeout = () => new KmsError('DependencyTimeoutException', undefined, 503);
export const keyUnavailable = () => new KmsError('KeyUnavailableException', undefined, 500);

// Identifiers.
export const notFound = (text: string) => new KmsError('NotFoundException', text);
export const invalidKeyId = (given: string) => notFound(`Invalid keyId '${given}'`);
export const keyDoesNotExist = (keyArn: string) => notFound(`Key '${keyArn}' does not exist`);
export const arnOfOtherRegion = (region: string) => notFound(`Invalid arn ${region}`);
export const aliasNotFound = (aliasArn: string) => notFound(`Alias ${aliasArn} is not found.`);
export const malformedArn = (given: string) => new KmsError('InvalidArnException', `Invalid arn ${given}`);
export const invalidMarker = () => new KmsError('InvalidMarkerException');

// States and kinds of keys.
export const disabled = (keyArn: string) => new KmsError('DisabledException', `${keyArn} is disabled.`);
export const invalidState = (text: string) => new KmsError('KMSInvalidStateException', text);
export const unsupported = (text?: string) => new KmsError('UnsupportedOperationException', text);
export const unsupportedOrigin = (keyArn: string, origin: string) =>
  unsupported(`${keyArn} origin is ${origin} which is not valid for this operation.`);
export const notPrimary = (keyArn: string) => unsupported(`${keyArn} is not a multi-region primary key.`);
/** AWS's text is unconfirmed. */
export const replicaExists = (keyArn: string) => new KmsError('AlreadyExistsException', `${keyArn} already exists.`);
export const limitExceeded = (text: string) => new KmsError('LimitExceededException', text);

// Cryptography.
export const incorrectKey = () =>
  new KmsError('IncorrectKeyException', 'The key ID in the request does not identify a CMK that can perform this operation.');
export const invalidCiphertext = () => new KmsError('InvalidCiphertextException');
export const invalidMac = () => new KmsError('KMSInvalidMacException');
export const invalidSignature = () => new KmsError('KMSInvalidSignatureException');
export const invalidPeerPublicKey = () => new KmsError('ValidationException');
export const invalidKeyUsage = (text: string) => new KmsError('InvalidKeyUsageException', text);
export const dryRunWouldSucceed = () =>
  new KmsError('DryRunOperationException', 'The request would have succeeded, but the DryRun option is set.');

// Key material.
/** AWS's text is unconfirmed. */
export const conflict = (keyArn: string) =>
  new KmsError('ConflictException', `An automatic rotation of ${keyArn} is due within the next 20 minutes.`);
export const incorrectKeyMaterial = () => new KmsError('IncorrectKeyMaterialException');
export const invalidImportToken = () => new KmsError('InvalidImportTokenException');
export const expiredImportToken = () => new KmsError('ExpiredImportTokenException');

// Aliases, tags, policies.
export const aliasExists = (aliasArn: string) =>
  new KmsError('AlreadyExistsException', `An alias with the name ${aliasArn} already exists`);
/** AWS refuses this. Neither name nor message of its refusal are confirmed. */
export const aliasMovesToOtherKind = (
  aliasArn: string, former: { readonly keyUsage: string; readonly keySpec: string }, next: typeof former,
) => {
  const of = (key: typeof former) => former.keyUsage === next.keyUsage ? `key spec ${key.keySpec}` : `key usage ${key.keyUsage}`;
  return validation(`Alias ${aliasArn} cannot be changed from a CMK with ${of(former)} to a CMK with ${of(next)}`);
};
export const reservedAlias = () => new KmsError('NotAuthorizedException');
export const badTags = (text: string) => new KmsError('TagException', text);
export const malformedPolicy = (text: string) => new KmsError('MalformedPolicyDocumentException', text);

// Grants.
export const invalidGrantToken = () => new KmsError('InvalidGrantTokenException');
export const invalidGrantId = () => new KmsError('InvalidGrantIdException');
/** AWS documents the exception; the message is our own. */
export const invalidPrincipal = (given: string) => new KmsError('InvalidArnException', `${given} is not the ARN of a valid principal.`);

// Permissions.
export const accessDenied = (text: string) => new KmsError('AccessDeniedException', text);
/** AWS documents that it refuses this, and not how: name and message are our own. */
export const widerThanItsParent = (principalArn: string, keyArn: string) => accessDenied(
  `User: ${principalArn} is not authorized to perform: kms:CreateGrant on resource: ${keyArn} `
  + 'because the new grant allows more than the grant that allows its creation');
export const ciphertextOfUnknownKey = () => accessDenied(
  'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.');
