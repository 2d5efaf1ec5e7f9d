import type { CustomResourceEvent, ResourceProperties } from '../../../../lambda/runtime/custom-resource';
import { EvidenceInMemory } from '../../../../local/evidence/evidence-in-memory';
import type { FamilyDescription } from '../../../../src/contract/family/family-description';
import { ALIAS, aPolicy, RotatingKeyWorld, type ResourceResponse } from '../../../support/world/rotating-key-world';

/** A family in KMS, and a stack that adopts it: the evidence of that stack is in a bucket of its own. */
export class AdoptingStack {
  public static async open(): Promise<AdoptingStack> {
    return new AdoptingStack(await RotatingKeyWorld.open());
  }

  public readonly evidence = new EvidenceInMemory();

  private constructor(public readonly world: RotatingKeyWorld) {}

  public async close(): Promise<void> {
    await this.world.close();
  }

  /** The ports of its control function. */
  public ports(): ReturnType<RotatingKeyWorld['ports']> {
    return { ...this.world.ports(), evidence: this.evidence };
  }

  public async invoke(event: Partial<CustomResourceEvent>, ports = this.ports()): Promise<ResourceResponse> {
    return this.world.invoke(event, ports);
  }

  /** What this stack declares: the family of the world, with another owner and another policy. */
  public get adopter(): FamilyDescription {
    return { ...this.world.description, owner: 'Other/Orders', policyDocument: aPolicy('theirs') };
  }

  /** The properties of another owner that adopts the declared family. */
  public takeover(): ResourceProperties {
    return this.world.properties({ AdoptFrom: this.world.description.owner }, this.adopter);
  }

  /** A Create that adopts, and succeeds. */
  public async adopt(properties: ResourceProperties): Promise<void> {
    expect(await this.invoke({ ResourceProperties: properties })).toMatchObject({ Status: 'SUCCESS' });
  }

  /** The Delete with which AWS CloudFormation rolls a Create back. */
  public async rollBack(properties: ResourceProperties, PhysicalResourceId = ALIAS): Promise<void> {
    expect(await this.invoke({ RequestType: 'Delete', PhysicalResourceId, ResourceProperties: properties })).toMatchObject({
      Status: 'SUCCESS',
    });
  }
}
