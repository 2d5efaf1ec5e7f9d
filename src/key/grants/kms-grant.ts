import { CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { grantMaker } from './grant-creator';
import { grantName } from './grant-name';
import { permitGrant } from './grant-permissions';
import { grantProblems } from './grant-problems';
import type { KmsGrantProps } from './kms-grant-props';
import { acceptFindings, RIGHTS_OF_ONE_ROLE } from '../../compliance/accepted-findings';
import { SERVICE_TIMEOUT_SECONDS } from '../../contract/limits';
import { encodeGrant, GRANT_RESOURCE_TYPE, type ContextConstraint, type GrantAttribute, type GrantRequest } from '../../contract/requests/grant-request';
import { arnOfPrincipal } from '../../permissions/exact-principal';

/**
 * A grant of AWS KMS: a permission that stands on the key, outside every policy.
 *
 * It allows, and can deny nothing: an explicit deny in a policy wins. Until it is known everywhere, up to five minutes pass, in which
 * the grantee may still be refused; the deployment does not wait for that. When anything about it changes, another grant is made and only
 * then the old one revoked, so that there is never a gap. It leaves the key together with this construct.
 *
 * Source: "Grants in AWS KMS", AWS KMS developer guide.
 *
 * @example
 * declare const key: CustomerManagedKey;
 * declare const reports: iam.Role;
 *
 * new KmsGrant(this, 'ReportsReadOrders', {
 *   key,
 *   grantee: reports,
 *   operations: [GrantOperation.DECRYPT],
 *   encryptionContextSubset: { purpose: 'orders' },
 * });
 */
export class KmsGrant extends Construct {
  /** The id of the grant. Together with the ARN of the key it is what RetireGrant asks for. */
  public readonly grantId: string;
  /** The name of the grant, as ListGrants shows it. */
  public readonly grantName: string;

  public constructor(scope: Construct, id: string, props: KmsGrantProps) {
    super(scope, id);
    const maker = grantMaker(this);
    this.grantName = grantName(this, props.name);
    const request: GrantRequest = {
      keyArn: props.key.keyArn,
      name: this.grantName,
      granteePrincipal: arnOfPrincipal(props.grantee),
      retiringPrincipal: arnOfPrincipal(props.retiringPrincipal ?? maker.role),
      operations: props.operations.map((operation) => operation.name),
      constraint: constraintOf(props),
    };
    const grant = new CustomResource(this, 'Resource', {
      resourceType: GRANT_RESOURCE_TYPE,
      serviceToken: maker.serviceToken,
      serviceTimeout: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
      properties: encodeGrant(request),
    });
    permitGrant(this, props.key, maker.role, request).applyBefore(grant);
    acceptFindings(this, RIGHTS_OF_ONE_ROLE);
    this.grantId = grant.getAttString('GrantId' satisfies GrantAttribute);
    this.node.addValidation({ validate: () => grantProblems(this, props) });
  }
}

function constraintOf({ encryptionContextEquals: equals, encryptionContextSubset: subset }: KmsGrantProps): ContextConstraint | undefined {
  if (equals !== undefined) return { kind: 'equals', pairs: equals };
  return subset === undefined ? undefined : { kind: 'subset', pairs: subset };
}
