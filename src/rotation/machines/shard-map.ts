import type { IResolvable } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { at, FunctionTask } from './function-task';
import { ErrorName } from '../../contract/error-names';
import { describeProblem } from '../../contract/problem';
import { STEP_SCHEMA, type WorkerRequest } from '../../contract/runs/function-steps';
import type { ShardProgress } from '../../contract/runs/reencryption';

type WorkOnShard = Extract<WorkerRequest, { readonly step: 'work-on-shard' }>;

/** The input of the execution for one shard. */
type ShardInput = { readonly [field in Exclude<keyof WorkOnShard, 'schema' | 'step' | 'sequence'>]: IResolvable }
  & { readonly progress: ShardProgress };

/** Each round adds 7 events to the execution history, and 3 more for each retry. A history holds 25,000 events. */
const MAX_ROUNDS = 2000;

/** Properties of `ShardMap`. */
export interface ShardMapProps {
  readonly worker: lambda.IFunction;
  /** How many shards are re-encrypted or counted at the same time. */
  readonly maxConcurrency: number;
}

/**
 * One pass over all shards of all stores, each in a separate execution.
 *
 *     start:              Shard -> ShardProgress
 *     finished:           ShardProgress -> ShardDone -> end
 *     sequence >= 2000:   ShardProgress -> ShardTooLong -> end
 *     otherwise:          ShardProgress -> Shard
 *
 * The name of the map is the prefix of each state name: `ReEncryptShard`.
 *
 * The map returns no result. The worker writes its counts to the evidence, where a repeated invocation counts once, so
 * neither shards nor records reach the size limit of execution data. If one shard fails, the pass ends with
 * `States.ExceedToleratedFailureThreshold`, and the failed execution in the Map Run has the name of the error.
 * Throttling is therefore retried in the shard, and never by a new pass.
 */
export class ShardMap extends sfn.DistributedMap {
  public constructor(scope: Construct, id: string, private readonly props: ShardMapProps) {
    super(scope, id, {
      label: id,
      maxConcurrency: props.maxConcurrency,
      itemsPath: '$.run.shards',
      itemSelector: {
        family: at('$.family.alias'),
        stores: at('$.family.stores'),
        run: at('$.run.run'),
        pass: at('$.run.pass.number'),
        mode: at('$.run.pass.mode'),
        generations: at('$.run.generations'),
        storeId: at('$$.Map.Item.Value.storeId'),
        shard: at('$$.Map.Item.Value.shard'),
        progress: { finished: false, sequence: 0 },
      } satisfies ShardInput,
      resultPath: sfn.JsonPath.DISCARD,
    });

    const shard = this.shard();
    this.itemProcessor(shard.next(this.shardProgress()
      .when(sfn.Condition.booleanEquals('$.progress.finished', true), this.shardDone())
      .when(sfn.Condition.numberGreaterThanEquals('$.progress.sequence', MAX_ROUNDS), this.shardTooLong())
      .otherwise(shard)));
  }

  private shard(): sfn.TaskStateBase {
    return new FunctionTask<WorkerRequest, 'work-on-shard'>(this, 'Shard', {
      stateName: `${this.id}Shard`,
      function: this.props.worker,
      message: {
        schema: STEP_SCHEMA,
        step: 'work-on-shard',
        family: at('$.family'),
        stores: at('$.stores'),
        run: at('$.run'),
        pass: at('$.pass'),
        mode: at('$.mode'),
        generations: at('$.generations'),
        storeId: at('$.storeId'),
        shard: at('$.shard'),
        sequence: at('$.progress.sequence'),
      },
      resultAt: '$.progress',
    });
  }

  private shardProgress(): sfn.Choice {
    return new sfn.Choice(this, 'ShardProgress', { stateName: `${this.id}ShardProgress` });
  }

  private shardDone(): sfn.Pass {
    return new sfn.Pass(this, 'ShardDone', { stateName: `${this.id}ShardDone`, result: sfn.Result.fromObject({}) });
  }

  private shardTooLong(): sfn.Fail {
    return new sfn.Fail(this, 'ShardTooLong', {
      stateName: `${this.id}ShardTooLong`,
      error: ErrorName.INVALID_REQUEST,
      cause: describeProblem({
        where: this.id,
        what: `a shard needs more than ${MAX_ROUNDS} invocations of the worker`,
        remedy: 'divide its store into more shards; no data is lost, and re-encrypted records stay re-encrypted',
      }),
    });
  }
}
