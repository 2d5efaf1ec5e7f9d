/** The values of a created resource: what `Ref` returns, and its attributes. */
export interface ResolvedResource {
  readonly ref: string;
  readonly attributes: { readonly [name: string]: string };
}

export type ResolvedResources = ReadonlyMap<string, ResolvedResource>;

/**
 * Replaces the CloudFormation intrinsic functions that our templates use by their values.
 *
 * It throws for every other function and for every reference to a resource that does not exist yet: a guess would look
 * like a value.
 */
export function resolveIntrinsics(value: unknown, resources: ResolvedResources): unknown {
  if (Array.isArray(value)) {
    return value.filter((element) => !isNoValue(element)).map((element) => resolveIntrinsics(element, resources));
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [intrinsic, argument] = entries[0] ?? [];
  if (entries.length === 1 && intrinsic !== undefined && (intrinsic === 'Ref' || intrinsic.startsWith('Fn::'))) {
    return resolveIntrinsic(intrinsic, argument, resources);
  }
  const given = entries.filter(([, nested]) => !isNoValue(nested));
  return Object.fromEntries(given.map(([name, nested]) => [name, resolveIntrinsics(nested, resources)]));
}

/** A property whose value is `AWS::NoValue` is removed. */
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
      if (found === undefined) {
        throw new Error(`${logicalId}: resource has no attribute ${attribute}; add the attribute to the provisioner of the resource type`);
      }
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
      if (selected === undefined) throw new Error(`Fn::Select: list has no element ${index}`);
      return selected;
    }
    case 'Fn::Sub':
      if (typeof argument !== 'string') throw new Error('Fn::Sub: a list of variables is not supported; allowed: text');
      return argument.replace(/\$\{([^}!.]+)(?:\.([^}]+))?\}/g, (_, logicalId: string, attribute?: string) => {
        if (attribute === undefined) return find(logicalId, resources).ref;
        return String(resolveIntrinsic('Fn::GetAtt', [logicalId, attribute], resources));
      });
    default:
      throw new Error(`${intrinsic}: intrinsic function is not supported; implement it in resolve-intrinsics.ts with its exact meaning`);
  }
}

function find(logicalId: string, resources: ResolvedResources): ResolvedResource {
  const found = resources.get(logicalId);
  if (found === undefined) throw new Error(`template refers to ${logicalId}, which does not exist yet`);
  return found;
}
