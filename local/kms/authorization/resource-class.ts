/** The position of the service in an ARN, and that of the resource: `arn:partition:service:region:account:resource`. */
const [SERVICE, RESOURCE] = [2, 5];

/** A pattern of a policy for resources. */
interface ResourcePattern {
  /** In lower case. Absent if it has a wildcard, or if the pattern is no ARN. */
  readonly service?: string;
  /** As IAM reads the part that names the resource, and without regard to case. Absent if it is not understood here. */
  readonly name?: { readonly exact: RegExp; readonly anyCase: RegExp };
}

/** The patterns with which the statements of a policy name resources. */
export class ResourcePatterns {
  private readonly patterns: readonly ResourcePattern[];

  public constructor(policy: object) {
    const { Statement: given = [] } = policy as { Statement?: unknown };
    const named = [given].flat().flatMap((statement) => {
      const { Resource: resources = [], NotResource: others = [] } = (statement ?? {}) as { Resource?: unknown; NotResource?: unknown };
      return [resources, others].flat();
    });
    this.patterns = [...new Set(named)].filter((pattern) => pattern !== '*').map(readPattern);
  }

  /** Which patterns match a resource of this service; its name itself if that is not known. */
  public matching(service: string, resourceName: string): string {
    let matching = '';
    for (const { service: only = service, name } of this.patterns) {
      if (only !== service) continue;
      if (name === undefined) return resourceName;
      matching += !name.anyCase.test(resourceName) ? '0' : name.exact.test(resourceName) ? '2' : '1';
    }
    return matching;
  }
}

/**
 * The class of a resource under policies. Resources of one class have the same service, account and kind, and differ
 * only in a name that no pattern of these policies tells apart. A decision about one of them is the decision about all.
 */
export function resourceClass(resource: string, patterns: readonly ResourcePatterns[]): string {
  const parts = resource.split(':');
  const [service, name] = [parts[SERVICE], parts[RESOURCE]];
  if (service === undefined || name === undefined || parts.length > RESOURCE + 1 || /[*?]/.test(name)) return resource;
  const [kind, ...rest] = name.split('/');
  const depth = rest.map((part) => part === '' ? '/-' : '/').join('');
  const matching = patterns.map((each) => each.matching(service.toLowerCase(), name));
  return `${parts.slice(0, RESOURCE).join(':')}:${kind}${depth} ${matching.join(' ')}`;
}

function readPattern(pattern: unknown): ResourcePattern {
  if (typeof pattern !== 'string') return {};
  const parts = pattern.split(':');
  const [service, name] = [parts[SERVICE], parts[RESOURCE]];
  // A short ARN, or a variable: it is the evaluator that knows what they match.
  if (service === undefined || name === undefined || /[*?$]/.test(parts.slice(0, SERVICE + 1).join(':'))) return {};
  if (parts.length > RESOURCE + 1 || pattern.includes('${')) return { service: service.toLowerCase() };
  const source = `^${name.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\?/g, '.').replace(/\*/g, '.*')}$`;
  return { service: service.toLowerCase(), name: { exact: new RegExp(source, 's'), anyCase: new RegExp(source, 'is') } };
}
