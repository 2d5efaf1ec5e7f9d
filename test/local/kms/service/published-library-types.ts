/** Compiled against the published types, never run: the test of a user must compile against them. */
import { LocalKms, LocalKmsControl, VirtualClock, type FaultRule, type Policies } from '../../../../local-kms';

export async function aTestOfAUser(): Promise<number> {
  const fault: FaultRule = { kind: 'throttle', probability: 0.3 };
  const enforcePolicies: Policies = { principals: { reader: 'arn:aws:iam::111122223333:role/reader' } };
  const server = await LocalKms.start({ clock: VirtualClock.frozenAt(new Date(0)), faults: [fault], enforcePolicies });
  const control = new LocalKmsControl(server.endpoint);
  // @ts-expect-error the delay does not exist
  await control.delays.set({ tagMilliseconds: 5 });
  const throttled: number = await control.audit.count({ status: 'ThrottlingException' });
  await server.stop();
  return throttled;
}
