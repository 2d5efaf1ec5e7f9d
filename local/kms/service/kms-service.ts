import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditLog } from './audit/audit-log';
import { cloudTrailFields } from './audit/cloud-trail-fields';
import type { Enforcement } from '../authorization/enforcement';
import type { Quotas } from './quotas/quotas';
import { ImportTokens } from '../crypto/wrapping/import-tokens';
import type { VirtualClock } from '../model/time/clock';
import { internal, KmsError, notSupported, serialization, unknownOperation } from '../protocol/errors';
import type { FaultInjector } from './faults/fault-injector';
import { KeyStores } from '../model/keys/key-store';
import type { Propagation } from '../model/time/propagation';
import type { Replication } from '../model/time/replication';
import { Call } from '../operations/call/call';
import type { Answer } from '../operations/call/operation';
import { OPERATIONS } from '../operations/operations-table';
import { readCaller, type Caller } from '../protocol/caller';
import { changesState, isOperationName } from '../protocol/operation-names';
import type { PrincipalDirectory } from '../protocol/principals';
import type { WireReply, WireRequest, WireService } from '../protocol/wire-service';

export interface KmsServiceParts {
  readonly clock: VirtualClock;
  readonly faults: FaultInjector;
  readonly quotas: Quotas;
  readonly audit: AuditLog;
  readonly enforcement: Enforcement;
  readonly directory: PrincipalDirectory;
  readonly replication: Replication;
  readonly propagation: Propagation;
}

const TARGET_PREFIX = 'TrentService.';
const UNSIGNED: Caller = { accessKey: '', account: '', region: '', partition: '', principalArn: '' };

/** The KMS without HTTP: reads the caller, applies faults, performs the operation, and writes the audit log. */
export class KmsService implements WireService {
  /** The whole state of keys and aliases. A snapshot replaces all of it in one step. */
  public stores = new KeyStores();
  private readonly importTokens = new ImportTokens();

  public constructor(private readonly parts: KmsServiceParts) {}

  public async reply(request: WireRequest): Promise<WireReply> {
    const requestId = randomUUID();
    const eventId = randomUUID();
    const operation = request.target?.startsWith(TARGET_PREFIX) === true ? request.target.slice(TARGET_PREFIX.length) : '';
    const faults = this.parts.faults.next(operation);
    if (faults.latencyMilliseconds > 0) await delay(faults.latencyMilliseconds, undefined, { ref: false });

    // Such a call never reaches the service: it leaves no record in the audit log, either.
    if (faults.connectionReset) return { httpStatus: 0, body: '', requestId, lost: true };

    const { clock, audit } = this.parts;
    let caller = UNSIGNED;
    let call: Call | undefined;
    let body = '';
    let answer: Answer = undefined;
    let error: KmsError | undefined;
    try {
      caller = readCaller(request.authorization, (accessKey) => this.principalOf(accessKey));
      if (faults.refusal !== undefined) throw faults.refusal;
      const now = clock.now().getTime();
      this.stores.applyTimeUntil(now);
      const { enforcement: authorizer, directory, replication, propagation } = this.parts;
      call = new Call({
        caller,
        operation,
        stores: this.stores,
        now,
        requestId,
        eventId,
        authorizer,
        directory,
        importTokens: this.importTokens,
        replicationMilliseconds: replication.milliseconds,
        propagation,
        lag: propagation.nextLag(),
      });
      const { readMilliseconds } = propagation.delays;
      if (readMilliseconds > 0 && changesState(operation)) this.stores.at(caller).rememberState(now, readMilliseconds);
      const count = (given: unknown) => this.parts.quotas.admit({ operation, body: given, caller, stores: this.stores }, now);
      answer = await perform(operation, request.body, call, count);
      body = answer === undefined ? '' : JSON.stringify(answer);
    } catch (thrown) {
      error = thrown instanceof KmsError ? thrown : internal(`The local KMS failed: ${(thrown as Error).message}`);
      body = JSON.stringify({ __type: error.name, message: error.text });
    }
    const httpStatus = error?.httpStatus ?? 200;
    audit.add({
      time: clock.now(),
      operation,
      accessKey: caller.accessKey,
      account: caller.account,
      region: caller.region,
      status: faults.answerLost ? 'lost' : error?.name ?? 'answered',
      ...(error?.text !== undefined && { errorMessage: error.text }),
      httpStatus,
      requestId,
      eventId,
      keyArns: call?.keyArns ?? [],
      ...(call?.encryptionContext && { encryptionContext: call.encryptionContext }),
      ...(call?.destinationEncryptionContext && { destinationEncryptionContext: call.destinationEncryptionContext }),
      ...(call?.dryRun === true && { dryRun: true }),
      cloudTrail: cloudTrailFields(operation, call?.request ?? {}, answer, call?.keyArns ?? [], error === undefined),
    });
    return { httpStatus, body, requestId, lost: faults.answerLost };
  }

  private principalOf(accessKey: string): string | undefined {
    return this.parts.enforcement.principalOf(accessKey) ?? this.parts.directory.principalOf(accessKey);
  }
}

async function perform(name: string, body: Buffer, call: Call, count: (given: unknown) => void): Promise<Answer> {
  if (!isOperationName(name)) throw unknownOperation();
  const operation = OPERATIONS[name];
  if (operation === undefined) throw notSupported(name);
  const given = parse(body);
  count(given);
  return operation.perform(given, call);
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return {};
  if (!isUtf8(body)) throw serialization('The request body is not UTF-8');
  try {
    return JSON.parse(body.toString());
  } catch {
    throw serialization('The request body is not JSON');
  }
}
