import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { CustomerManagedKey, type CustomerManagedKeyProps, type ICustomerManagedKey, type ReplicaKeyOptions } from '../../src/index';

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

  /** A replica of that key, with the options of the test. */
  public replica(primaryKey: CustomerManagedKey, options?: ReplicaKeyOptions, stack = this.virginia): ICustomerManagedKey {
    return primaryKey.addReplica(stack, 'Replica', options);
  }
}
