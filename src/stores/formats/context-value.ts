import type { ContextValueDescription } from '../../contract/stores/store-description';
import { TEXT } from '../../validation/kinds';
import { requireArguments } from '../../validation/shape';

/**
 * Source of a value of the encryption context.
 *
 * The value must be the one that the application passes to KMS: a data key cannot be decrypted with a different
 * context. CloudTrail records the encryption context in plaintext.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 */
export class ContextValue {
  /**
   * An attribute of the record itself, text or number, exactly as it is stored: `ContextValue.attribute('tenantId')`.
   *
   * A record without this attribute cannot be re-encrypted. It is quarantined with that reason.
   *
   * @param name The name of the attribute.
   */
  public static attribute(name: string): ContextValue {
    requireArguments('ContextValue.attribute', { name }, { name: TEXT });
    return new ContextValue({ kind: 'attribute', attribute: name });
  }

  /**
   * The same text for every record: `ContextValue.literal('orders')`.
   *
   * @param text The value.
   */
  public static literal(text: string): ContextValue {
    requireArguments('ContextValue.literal', { text }, { text: TEXT });
    return new ContextValue({ kind: 'literal', value: text });
  }

  private constructor(private readonly description: ContextValueDescription) {}

  /**
   * The value as the worker reads it.
   *
   * @internal
   */
  public _description(): ContextValueDescription {
    return this.description;
  }
}
