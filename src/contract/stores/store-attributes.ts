import type { EncryptionContextDescription, StoreDescription } from './store-description';

/** A property of a store, and what it names. */
type Property<Value> = readonly [property: string, value: Value];

/** The attributes that a rotation writes, each with the property that names it. */
export function writtenAttributes({ dataKeyAttribute, keyIdAttribute }: StoreDescription): Property<string>[] {
  const ofDataKey = ['dataKeyAttribute', dataKeyAttribute] as const;
  return keyIdAttribute === undefined ? [ofDataKey] : [ofDataKey, ['keyIdAttribute', keyIdAttribute]];
}

/** The encryption contexts that a record can have, each with the property that declares it. */
export function contextsOf(description: StoreDescription): Property<EncryptionContextDescription>[] {
  const { encryptionContext, formerEncryptionContexts = [] } = description;
  return [
    ['encryptionContext', encryptionContext],
    ...formerEncryptionContexts.map((context, index) => [`formerEncryptionContexts[${index}]`, context] as const),
  ];
}

/** The attributes from which the values of an encryption context are taken. */
export function attributesIn(context: EncryptionContextDescription): string[] {
  return Object.values(context).flatMap((value) => (value.kind === 'attribute' ? [value.attribute] : []));
}
