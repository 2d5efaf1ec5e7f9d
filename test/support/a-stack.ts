import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ImportedMaterialKey, KeyMaterialSource, type ImportedMaterialKeyProps } from '../../src/index';

/** A stack in a new app. */
export function aStack(region = 'eu-central-1'): Stack {
  return new Stack(new App({ analyticsReporting: false }), 'Stack', { env: { account: '111122223333', region } });
}

export function aRole(stack: Stack, id: string): iam.Role {
  return new iam.Role(stack, id, { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
}

export function aSecret(stack: Stack): secretsmanager.ISecret {
  return secretsmanager.Secret.fromSecretCompleteArn(
    stack,
    'Secret',
    'arn:aws:secretsmanager:eu-central-1:111122223333:secret:bytes-AbCdEf',
  );
}

/** A key with its required props, and the props of the test. */
export function anImportedKey(stack: Stack, props: Partial<ImportedMaterialKeyProps> = {}, id = 'Key'): ImportedMaterialKey {
  const material =
    props.material ?? KeyMaterialSource.secret((stack.node.tryFindChild('Secret') as secretsmanager.ISecret) ?? aSecret(stack));
  return new ImportedMaterialKey(stack, id, { alias: 'alias/orders', ...props, material });
}

/** The only resource of that type. */
export function onlyResource(
  stack: Stack,
  type: string,
): { logicalId: string; Properties: Record<string, object>; [attribute: string]: unknown } {
  const found = Object.entries(Template.fromStack(stack).findResources(type));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} resources of type ${type}`);
  return { logicalId: only[0], ...only[1] } as ReturnType<typeof onlyResource>;
}

/** The message of the validation errors of an app. */
export function complaintsOf(stack: Stack): string {
  try {
    (stack.node.root as App).synth();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
