import { CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { grantCreator } from './grant-creator';
import { grantName } from './grant-name';
import { permitGrant } from './grant-permissions';
import { grantProblems } from './grant-problems';
import type { KmsGrantProps } from './kms-grant-props';
import { KMS_GRANT_SHAPE } from './kms-grant-shape';
import { acceptFindings, RIGHTS_OF_ONE_ROLE } from '../../compliance/accepted-findings';
import { SERVICE_TIMEOUT_SECONDS } from '../../contract/limits';
import {
  encodeGrant,
  GRANT_RESOURCE_TYPE,
  type ContextConstraint,
  type GrantAttribute,
  type GrantRequest,
} from '../../contract/requests/grant-request';
import { arnOfPrincipal } from '../../permissions/exact-principal';
import { contextNameProblems } from '../../validation/kms-text';
import { requireScope, requireShape } from '../../validation/shape';

/**
 * KMS grant: a permission that is attached to a KMS key and is part of no policy.
 *
 * A grant cannot deny anything, and an explicit deny in a policy takes precedence over it. KMS needs up to five minutes
 * until a new grant is effective. During that time the grantee may get AccessDenied: the deployment does not wait. If a
 * property changes, the new grant is created before the old one is revoked, so that access is never interrupted. If
 * this construct is removed from the stack, the grant is revoked, or retired if KMS denies the revocation.
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
  /** The id of the grant. RetireGrant needs it together with the key ARN. */
  public readonly grantId: string;
  /** The name of the grant, as ListGrants shows it. */
  public readonly grantName: string;

  public constructor(scope: Construct, id: string, props: KmsGrantProps) {
    super(requireScope('KmsGrant', scope, id), id);
    requireShape(this.node.path, props, KMS_GRANT_SHAPE);
    const creator = grantCreator(this, props.deploymentFunction);
    this.grantName = grantName(this, props.name);
    const request: GrantRequest = {
      keyArn: props.key.keyArn,
      name: this.grantName,
      granteePrincipal: arnOfPrincipal(props.grantee),
      retiringPrincipal: arnOfPrincipal(props.retiringPrincipal ?? creator.role),
      operations: props.operations.map((operation) => operation.name),
      constraint: constraintOf(props),
    };
    const grant = new CustomResource(this, 'Resource', {
      resourceType: GRANT_RESOURCE_TYPE,
      serviceToken: creator.serviceToken,
      serviceTimeout: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
      properties: encodeGrant(request),
    });
    permitGrant(this, props.key, creator.role, request).applyBefore(grant);
    acceptFindings(this, RIGHTS_OF_ONE_ROLE);
    this.grantId = grant.getAttString('GrantId' satisfies GrantAttribute);
    this.node.addValidation({
      validate: () => [
        ...grantProblems(this, props),
        ...contextNameProblems('encryptionContextEquals', props.encryptionContextEquals),
        ...contextNameProblems('encryptionContextSubset', props.encryptionContextSubset),
      ],
    });
  }
}

function constraintOf({ encryptionContextEquals: equals, encryptionContextSubset: subset }: KmsGrantProps): ContextConstraint | undefined {
  if (equals !== undefined) return { kind: 'equals', pairs: equals };
  return subset === undefined ? undefined : { kind: 'subset', pairs: subset };
}
