import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { CustomerManagedKey, ReplicaKey, type CustomerManagedKeyProps, type ReplicaKeyProps } from '../../src/index';

const account = '111122223333';

/** An app with primary keys in Frankfurt and replica keys in Virginia. */
export class TwoRegions {
  public readonly app = new App({ analyticsReporting: false });
  public readonly frankfurt = this.stack('Frankfurt', { env: { account, region: 'eu-central-1' } });
  public readonly virginia = this.stack('Virginia', { env: { account, region: 'us-east-1' }, crossRegionReferences: true });

  public stack(id: string, props: StackProps): Stack {
    return new Stack(this.app, id, props);
  }

  /** A primary key with its required props, and the props of the test. */
  public primary(props: Partial<CustomerManagedKeyProps> = {}): CustomerManagedKey {
    return new CustomerManagedKey(this.frankfurt, 'Key', { alias: 'alias/orders', multiRegion: true, ...props });
  }

  /** A replica of that key with its required props, and the props of the test. */
  public replica(primaryKey: CustomerManagedKey, props: Partial<ReplicaKeyProps> = {}, stack = this.virginia): ReplicaKey {
    return new ReplicaKey(stack, 'Replica', { primaryKey, ...props });
  }
}
