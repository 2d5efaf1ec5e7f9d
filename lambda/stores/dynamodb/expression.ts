import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/**
 * Placeholders for the names and values of an expression, so that an attribute may also have a name
 * that DynamoDB reserves.
 */
export class Expression {
  private readonly names = new Map<string, string>();
  private readonly values: AttributeValue[] = [];

  public name(attribute: string): string {
    const placeholder = this.names.get(attribute) ?? `#n${this.names.size}`;
    this.names.set(attribute, placeholder);
    return placeholder;
  }

  public value(value: AttributeValue): string {
    return `:v${this.values.push(value) - 1}`;
  }

  public substitutions() {
    return {
      ExpressionAttributeNames: Object.fromEntries([...this.names].map(([attribute, placeholder]) => [placeholder, attribute])),
      ExpressionAttributeValues:
        this.values.length === 0 ? undefined : Object.fromEntries(this.values.map((value, index) => [`:v${index}`, value])),
    };
  }
}
