/**
 * The place of data keys, as its owner declares it. Another attribute of the same table is another store: its data keys
 * are not counted with it.
 */
export interface StorePlace {
  readonly tableArn: string;
  readonly dataKeyAttribute: string;
}
