import { Reference, Token, Tokenization } from 'aws-cdk-lib';

/** Whether a text is an ARN, or contains a reference to the ARN of a resource. */
export function isArn(text: string): boolean {
  if (text.startsWith('arn:')) return true;
  return Token.isUnresolved(text)
    && Tokenization.reverseString(text).tokens.some((token) => Reference.isReference(token) && token.displayName.endsWith('Arn'));
}
