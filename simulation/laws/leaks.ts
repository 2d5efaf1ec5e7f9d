import type { World } from '../world/world';

const BASE64_OR_HEX = /[A-Za-z0-9+/]{43}=|[0-9a-f]{64}/g;

/** Places that contain key material or a plaintext data key: logs, evidence, the data of executions. */
export function leaks(world: World): string[] {
  const keyMaterial = [...world.keys.store.keys.values()].flatMap(({ materials }) => materials.all)
    .flatMap(({ secret }) => (secret?.type === 'secret' ? [secret.export()] : []));
  const secrets = [...keyMaterial, ...world.records.dataKeys].map((secret) => Buffer.from(secret));
  const wanted = new Set(secrets.flatMap((secret) => [secret.toString('base64'), secret.toString('hex')]));
  const { executions } = world.account.stepFunctions;
  const places: [string, Iterable<string>][] = [
    ['the log', world.lines],
    ['the data of an execution', executions.map(({ input, result }) => `${input} ${JSON.stringify(result ?? {})}`)],
    ['evidence', world.evidence()],
  ];
  return places.flatMap(([place, texts]) => [...texts].some((text) => (text.match(BASE64_OR_HEX) ?? []).some((found) => wanted.has(found)))
    ? [`${place} contains key material`] : []);
}
