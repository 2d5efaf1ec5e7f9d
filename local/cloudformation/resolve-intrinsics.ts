/** What a template's references stand for, once resources exist: `Ref` and the attributes of each logical id. */
export interface ResolvedResource {
  readonly ref: string;
  readonly attributes: { readonly [name: string]: string };
}

export type ResolvedResources = ReadonlyMap<string, ResolvedResource>;

/**
 * Replaces the intrinsic functions of CloudFormation that our templates use by what they stand for.
 *
 * It refuses any other function, and any reference to something that does not exist yet: a guess would look like a value.
 */
export function resolveIntrinsics(value: unknown, resources: ResolvedResources): unknown {
  if (Array.isArray(value)) return value.filter((element) => !isNoValue(element)).map((element) => resolveIntrinsics(element, resources));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [intrinsic, argument] = entries[0] ?? [];
  if (entries.length === 1 && intrinsic !== undefined && (intrinsic === 'Ref' || intrinsic.startsWith('Fn::'))) {
    return resolveIntrinsic(intrinsic, argument, resources);
  }
  return Object.fromEntries(entries.filter(([, nested]) => !isNoValue(nested)).map(([name, nested]) => [name, resolveIntrinsics(nested, resources)]));
}

/** `AWS::NoValue` stands for a property that is not there. */
function isNoValue(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value as { Ref?: unknown }).Ref === 'AWS::NoValue';
}

function resolveIntrinsic(intrinsic: string, argument: unknown, resources: ResolvedResources): unknown {
  switch (intrinsic) {
    case 'Ref':
      return find(String(argument), resources).ref;
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = argument as [string, string];
      const found = find(logicalId, resources).attributes[attribute];
      if (found === undefined) throw new Error(`${logicalId}: resource has no attribute ${attribute} here; add it where the resource is created`);
      return found;
    }
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => String(resolveIntrinsics(part, resources))).join(separator);
    }
    case 'Fn::Split': {
      const [separator, text] = argument as [string, unknown];
      return String(resolveIntrinsics(text, resources)).split(separator);
    }
    case 'Fn::Select': {
      const [index, list] = argument as [number | string, unknown];
      const selected = (resolveIntrinsics(list, resources) as unknown[])[Number(index)];
      if (selected === undefined) throw new Error(`template selects element ${index} of a list that has none`);
      return selected;
    }
    case 'Fn::Sub':
      if (typeof argument !== 'string') throw new Error('template uses Fn::Sub with variables of its own, which is not known here');
      return argument.replace(/\$\{([^}!.]+)(?:\.([^}]+))?\}/g, (_, logicalId: string, attribute?: string) =>
        String(attribute === undefined ? find(logicalId, resources).ref : resolveIntrinsic('Fn::GetAtt', [logicalId, attribute], resources)));
    default:
      throw new Error(`template uses ${intrinsic}, which is not known here; add it to resolve-intrinsics.ts with its exact meaning`);
  }
}

function find(logicalId: string, resources: ResolvedResources): ResolvedResource {
  const found = resources.get(logicalId);
  if (found === undefined) throw new Error(`template refers to ${logicalId}, which has not been created yet`);
  return found;
}
