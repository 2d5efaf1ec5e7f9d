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

/** What an execution for one shard begins with. */
type ShardInput = { readonly [field in Exclude<keyof WorkOnShard, 'schema' | 'step' | 'sequence'>]: IResolvable }
  & { readonly progress: ShardProgress };

/** Each round leaves 7 events behind, and 3 more for each time that the worker is asked again. A history has room for 25,000. */
const MAXIMUM_ROUNDS = 2000;

/** What a pass over all shards needs. */
export interface ShardMapProps {
  readonly worker: lambda.IFunction;
  /** How many shards are worked on at the same time. */
  readonly maxConcurrency: number;
}

/**
 * One pass over all shards of all stores, each in an execution of its own.
 *
 *     start:              Shard -> ShardProgress
 *     finished:           ShardProgress -> ShardDone -> end
 *     sequence >= 2000:   ShardProgress -> ShardTooLong -> end
 *     otherwise:          ShardProgress -> Shard
 *
 * The name of the map stands before each name: `ReEncryptShard`.
 *
 * Nothing comes back. What was found stands in the evidence, where asking twice counts once, so neither the number of shards nor that of
 * records meets the size limit of execution data. No shard may fail: the pass then ends as `States.ExceedToleratedFailureThreshold`, which
 * is what Step Functions makes of it, and the error's own name stands with the failed execution in the Map Run. Throttling therefore is
 * waited out here, in the shard, and never by beginning the pass again.
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
      .when(sfn.Condition.numberGreaterThanEquals('$.progress.sequence', MAXIMUM_ROUNDS), this.shardTooLong())
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
      answerAt: '$.progress',
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
        what: `a shard takes more than ${MAXIMUM_ROUNDS} rounds of the worker`,
        remedy: 'divide its store into more shards; nothing is lost, and what was re-encrypted stays so',
      }),
    });
  }
}
