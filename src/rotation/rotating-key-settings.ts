import { Duration, Size } from 'aws-cdk-lib';
import type { RotatingKeyProps } from './rotating-key-props';
import { OnConsumerFailure } from './values/on-consumer-failure';
import { RotationSchedule } from './values/rotation-schedule';
import { fullAliasName } from '../key/alias-name';

/** The properties of a rotating key, with every default. */
export type RotatingKeySettings = RotatingKeyProps & { readonly aliasName: string } & Required<Pick<RotatingKeyProps,
  | 'users' | 'administrators' | 'stores' | 'releasedStores' | 'schedule' | 'reconcileHour' | 'dataKeyMaxAge' | 'propagationDelay'
  | 'firstRotationWatchPeriod'
  | 'onConsumerFailure' | 'paused' | 'description' | 'maxPasses' | 'maxConcurrency' | 'workerMemorySize'>>;

/** Adds the defaults of a rotating key. */
export function settingsOf(props: RotatingKeyProps): RotatingKeySettings {
  return {
    ...props,
    aliasName: fullAliasName(props.alias),
    users: props.users ?? [],
    administrators: props.administrators ?? [],
    stores: props.stores ?? [],
    releasedStores: props.releasedStores ?? [],
    schedule: props.schedule ?? RotationSchedule.every(Duration.days(365)),
    reconcileHour: props.reconcileHour ?? 3,
    dataKeyMaxAge: props.dataKeyMaxAge ?? Duration.hours(24),
    propagationDelay: props.propagationDelay ?? Duration.minutes(10),
    firstRotationWatchPeriod: props.firstRotationWatchPeriod ?? Duration.hours(24),
    onConsumerFailure: props.onConsumerFailure ?? OnConsumerFailure.ROLL_BACK_IF_WATCHED,
    paused: props.paused ?? false,
    description: props.description ?? '',
    maxPasses: props.maxPasses ?? 5,
    maxConcurrency: props.maxConcurrency ?? 4,
    workerMemorySize: props.workerMemorySize ?? Size.mebibytes(1024),
  };
}
