import { Cache } from './cache';
import { preparePolicy, type PreparedPolicy } from './prepared-policy';
import { ResourcePatterns } from './resource-class';

/** A policy that was read. Policies with the same content have the same number, and no others have it. */
export interface KnownPolicy extends PreparedPolicy {
  readonly number: number;
  readonly resources: ResourcePatterns;
}

const MAX_POLICIES = 2000;

/** The policies that were read, by which results are cached. A changed policy is another object or another text. */
export class KnownPolicies {
  private readonly byText = new Cache<KnownPolicy>(MAX_POLICIES);
  private readonly byObject = new WeakMap<object, KnownPolicy>();
  private policiesRead = 0;

  public ofText(text: string): KnownPolicy {
    return this.byText.getOrCompute(text, () => {
      const document = JSON.parse(text) as object;
      return { ...preparePolicy(document), number: this.policiesRead++, resources: new ResourcePatterns(document) };
    });
  }

  public of(document: object): KnownPolicy {
    let known = this.byObject.get(document);
    if (known === undefined) this.byObject.set(document, known = this.ofText(JSON.stringify(document)));
    return known;
  }
}
