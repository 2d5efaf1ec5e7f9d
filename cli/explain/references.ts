import { isRecord, readableValue } from '../../src/contract/policies/readable-value';

/** What a value refers to, if it is a reference to a resource and nothing else. */
export function referenceIn(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const found: string[] = [];
  const text = readableValue(value, (logicalId) => {
    found.push(logicalId);
    return logicalId;
  });
  return found.length === 1 && text === found[0] ? text : undefined;
}
