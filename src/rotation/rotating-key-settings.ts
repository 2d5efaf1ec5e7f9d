import { Duration, Size } from 'aws-cdk-lib';
import type { RotatingKeyProps } from './rotating-key-props';
import { OnTrouble } from './values/on-consumer-failure';
import { RotationSchedule } from './values/rotation-schedule';
import { fullAliasName } from '../key/alias-name';

/** What was said, and what goes without saying. */
export type RotatingKeySettings = Omit<RotatingKeyProps, 'alias'> & { readonly aliasName: string } & Required<Pick<RotatingKeyProps,
  | 'users' | 'administrators' | 'stores' | 'schedule' | 'tickHour' | 'dataKeyReuse' | 'settle' | 'firstSettle' | 'onTrouble' | 'paused'
  | 'description' | 'maximumPasses' | 'maximumConcurrency' | 'workerMemory'>>;

/** Every default of a rotating key. */
export function settingsOf({ alias, ...props }: RotatingKeyProps): RotatingKeySettings {
  return {
    ...props,
    aliasName: fullAliasName(alias),
    users: props.users ?? [],
    administrators: props.administrators ?? [],
    stores: props.stores ?? [],
    schedule: props.schedule ?? RotationSchedule.every(Duration.days(365)),
    tickHour: props.tickHour ?? 3,
    dataKeyReuse: props.dataKeyReuse ?? Duration.hours(24),
    settle: props.settle ?? Duration.minutes(10),
    firstSettle: props.firstSettle ?? Duration.hours(24),
    onTrouble: props.onTrouble ?? OnTrouble.ROLL_BACK,
    paused: props.paused ?? false,
    description: props.description ?? '',
    maximumPasses: props.maximumPasses ?? 5,
    maximumConcurrency: props.maximumConcurrency ?? 4,
    workerMemory: props.workerMemory ?? Size.mebibytes(1024),
  };
}
