import type { LocalQueues, QueueProperties } from './local-queues';
import type { Provisioner, ResourceToDeploy } from '../cloudformation/local-stack';
import type { ResolvedResource } from '../cloudformation/resolve-intrinsics';

/** Properties of `AWS::Lambda::EventSourceMapping`. */
interface EventSourceMappingProperties {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
}

/** What the provisioners of queues need. */
export interface QueueServices {
  readonly account: string;
  readonly region: string;
  readonly queues: Pick<LocalQueues, 'define' | 'remove' | 'connect'>;
}

export function queue({ account, region, queues }: QueueServices): Provisioner {
  const define = ({ stackName, logicalId, properties }: ResourceToDeploy): ResolvedResource => {
    const name = `${stackName}-${logicalId}`;
    const arn = `arn:aws:sqs:${region}:${account}:${name}`;
    queues.define(arn, properties as QueueProperties);
    return { ref: `https://sqs.${region}.amazonaws.com/${account}/${name}`, attributes: { Arn: arn, QueueName: name } };
  };
  return {
    create: async (resource) => define(resource),
    update: async (resource) => define(resource),
    delete: async ({ resolved }) => queues.remove(resolved.attributes.Arn as string),
  };
}

export function eventSourceMapping({ account, region, queues }: QueueServices): Provisioner {
  const define = ({ stackName, logicalId, properties }: ResourceToDeploy): ResolvedResource => {
    const { EventSourceArn, FunctionName } = properties as unknown as EventSourceMappingProperties;
    queues.connect(EventSourceArn, `arn:aws:lambda:${region}:${account}:function:${FunctionName}`);
    return { ref: `${stackName}-${logicalId}`, attributes: {} };
  };
  return {
    create: async (resource) => define(resource),
    update: async (resource) => define(resource),
    delete: async ({ properties }) => queues.connect((properties as unknown as EventSourceMappingProperties).EventSourceArn, undefined),
  };
}
