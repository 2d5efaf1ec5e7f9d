import { isRecord, readableValue } from '../../src/contract/policies/readable-value';

/** The logical id of the resource to which a value refers. Undefined if the value is not a single reference. */
export function referenceIn(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const found: string[] = [];
  const text = readableValue(value, (logicalId) => {
    found.push(logicalId);
    return logicalId;
  });
  return found.length === 1 && text === found[0] ? text : undefined;
}
