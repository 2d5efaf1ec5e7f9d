import type { AwsRequest } from './authorization';

const ACCESS_KEY = /Credential=([^/,\s]+)\//;

/** The access key in the Authorization header of a request. */
export function accessKeyOf(authorization: string | undefined): string {
  return ACCESS_KEY.exec(authorization ?? '')?.[1] ?? '';
}

/** The action and the resource of a request to Amazon S3. An empty key means the bucket. */
export function s3Request(accessKey: string, method: string, bucket: string, key: string): AwsRequest {
  const resource = `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;
  // ListObjectsV2 needs s3:ListBucket, and HeadObject needs s3:GetObject.
  if (key === '') return { accessKey, action: 's3:ListBucket', resource };
  return { accessKey, action: method === 'PUT' ? 's3:PutObject' : 's3:GetObject', resource };
}

/** The action and the resource of a request to DynamoDB. */
export function dynamoRequest(
  accessKey: string, operation: string, input: unknown, place: { readonly region: string; readonly account: string },
): AwsRequest {
  const { TableName: name } = (input ?? {}) as { TableName?: unknown };
  const prefix = `arn:aws:dynamodb:${place.region}:${place.account}:table/`;
  const resource = typeof name !== 'string' ? '*' : name.startsWith('arn:') ? name : `${prefix}${name}`;
  return { accessKey, action: `dynamodb:${operation}`, resource, context: contextOf(operation, (input ?? {}) as DynamoInput) };
}

interface DynamoInput {
  readonly Key?: object;
  readonly Item?: object;
  readonly Select?: string;
  readonly ReturnValues?: string;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: { readonly [name: string]: string };
}

/** The condition keys that DynamoDB sets for requests on items. `dynamodb:Attributes` has the top-level attributes. */
function contextOf(operation: string, input: DynamoInput): { readonly [key: string]: string | string[] } {
  const { Key: key = {}, Item: item = {}, Select, ReturnValues, ExpressionAttributeNames: names = {} } = input;
  const written = (input.ProjectionExpression ?? '').split(',').map((name) => name.trim().replace(/[.[].*$/, ''));
  const plain = written.filter((name) => name !== '' && !name.startsWith('#'));
  const attributes = [...new Set([...Object.keys(key), ...Object.keys(item), ...Object.values(names), ...plain])];
  return {
    ...(attributes.length > 0 && { 'dynamodb:Attributes': attributes }),
    ...(Select !== undefined && { 'dynamodb:Select': Select }),
    ...(ReturnValues !== undefined && { 'dynamodb:ReturnValues': ReturnValues }),
    ...(operation === 'Scan' && { 'dynamodb:FullTableScan': 'true' }),
  };
}
