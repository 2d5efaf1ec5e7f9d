/** Limits of every store of data keys. Each is defined once, for the check, the message and the documentation. */

/** The number of shards into which a store is divided. */
export const STORE_SHARDS = { min: 1, max: 1000 } as const;

/** How far back DynamoDB can restore a table with point-in-time recovery: at most, and by default. */
export const POINT_IN_TIME_RECOVERY_DAYS = 35;

/** Allowed ids of a store. The id is part of the object keys of its evidence. */
export const STORE_ID = /^[A-Za-z0-9_-]{1,64}$/;
