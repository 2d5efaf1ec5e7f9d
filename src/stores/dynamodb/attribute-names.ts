import { Annotations, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { describeProblem } from '../../contract/problem';
import { attributesIn, contextsOf, writtenAttributes } from '../../contract/stores/store-attributes';
import type { DynamoTableDescription } from '../../contract/stores/store-description';

/** A path in a map or a list, or a placeholder of an expression: `keys.dataKey`, `keys[0]`, `#dataKey`. */
const LIKE_AN_EXPRESSION = /^[#:]|\.|\[\d+\]/;

interface NamedAttribute {
  /** The property that names it. */
  readonly where: string;
  readonly name: string;
}

/** Attributes whose names begin or end with whitespace, which DynamoDB accepts and no application means. */
export function attributeNameProblems(description: DynamoTableDescription): string[] {
  return attributesOf(description).filter(({ name }) => name !== name.trim()).map(({ where, name }) => describeProblem({
    where,
    what: 'name of an attribute begins or ends with whitespace',
    given: JSON.stringify(name),
    allowed: 'the name that the attribute has in the items',
    remedy: name.trim() === '' ? 'name the attribute' : `use ${JSON.stringify(name.trim())}`,
  }));
}

/**
 * Warns of a name that looks like an expression. It is no error, because DynamoDB allows these characters in a name. If
 * the data key is in a map, the pre-flight of the first rotation fails before anything is changed.
 */
export function warnOfExpressions(scope: Construct, description: DynamoTableDescription): void {
  for (const { where, name } of attributesOf(description).filter((attribute) => LIKE_AN_EXPRESSION.test(attribute.name))) {
    Annotations.of(scope).addWarningV2('cdk-kms-lifecycle:attribute-expression', describeProblem({
      where,
      what: 'attribute looks like a path or a placeholder of an expression, and is read as the name of an attribute of the item itself: '
        + 'data keys in a map or a list are not supported',
      given: JSON.stringify(name),
      allowed: 'the name of an attribute of the item',
      remedy: 'store the data key in an attribute of its own, or acknowledge this warning if the name contains these characters',
    }));
  }
}

/** Every attribute that a store names, except tokens. */
function attributesOf(description: DynamoTableDescription): NamedAttribute[] {
  const named = [
    ...writtenAttributes(description),
    ...contextsOf(description).flatMap(([property, context]) => attributesIn(context).map((name) => [property, name] as const)),
  ];
  return named.filter(([, name]) => !Token.isUnresolved(name)).map(([property, name]) => ({
    where: `store ${description.storeId}, ${property}`, name,
  }));
}
