import type { ContextValueDescription } from '../../contract/stores/store-description';

/**
 * Where a value of the encryption context comes from.
 *
 * It has to be what the application itself gives to KMS: a blob opens under no other context. Contexts stand in CloudTrail in clear.
 */
export class ContextValue {
  /**
   * The record's own attribute, text or number, as it stands there: `ContextValue.attribute('tenantId')`.
   *
   * A record without it cannot be re-encrypted, and is set aside with that reason.
   *
   * @param name The name of the attribute.
   */
  public static attribute(name: string): ContextValue {
    return new ContextValue({ kind: 'attribute', attribute: name });
  }

  /**
   * The same text for every record: `ContextValue.literal('orders')`.
   *
   * @param text The value.
   */
  public static literal(text: string): ContextValue {
    return new ContextValue({ kind: 'literal', value: text });
  }

  private constructor(private readonly description: ContextValueDescription) {}

  /**
   * As the worker reads it.
   *
   * @internal
   */
  public _description(): ContextValueDescription {
    return this.description;
  }
}
