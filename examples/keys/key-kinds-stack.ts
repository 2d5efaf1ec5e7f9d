import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { CustomerManagedKey, ImportedMaterialKey, KeyMaterialSource, KmsKeySpec } from '../../src/index';

/** A shop with a key of every kind, each for its best purpose. The role Security manages all keys and can use none. */
export class KeyKindsStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const security = new iam.Role(this, 'Security', {
      assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the keys of the shop',
    });
    const administrators = [security];
    const service = (name: string) => new iam.Role(this, name, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    const office = service('Office');
    const checkout = service('Checkout');
    const delivery = service('Delivery');

    // Symmetric: the office encrypts documents, each with its own data key. AWS KMS rotates the KMS key every year.
    new CustomerManagedKey(this, 'Documents', {
      alias: 'alias/shop/documents', administrators, users: [office], encryptionContext: { purpose: 'documents' },
    });

    // RSA: suppliers encrypt offers with the public key, without an AWS account. Only the office can decrypt them.
    const offers = new CustomerManagedKey(this, 'Offers', {
      alias: 'alias/shop/offers', administrators, keySpec: KmsKeySpec.RSA_4096, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT,
    });
    offers.grantDecrypt(office);

    // RSA for signatures: the programs that read invoices support no newer algorithm.
    new CustomerManagedKey(this, 'Invoices', {
      alias: 'alias/shop/invoices', administrators, users: [office], keySpec: KmsKeySpec.RSA_3072, keyUsage: kms.KeyUsage.SIGN_VERIFY,
    });

    // Elliptic curve: thousands of receipts are signed, and each signature must fit into a QR code.
    const receipts = new CustomerManagedKey(this, 'Receipts', {
      alias: 'alias/shop/receipts', administrators, keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.SIGN_VERIFY,
    });
    receipts.grantSign(checkout);
    receipts.grantVerify(delivery);

    // Ed25519: other shops expect this signature on webhooks.
    new CustomerManagedKey(this, 'Webhooks', {
      alias: 'alias/shop/webhooks', administrators, users: [delivery], keySpec: KmsKeySpec.ECC_NIST_EDWARDS25519,
    });

    // Key agreement: checkout and the bank derive one secret, each from its private key and the other's public key.
    new CustomerManagedKey(this, 'Bank', {
      alias: 'alias/shop/bank', administrators, users: [checkout], keySpec: KmsKeySpec.ECC_NIST_P384, keyUsage: kms.KeyUsage.KEY_AGREEMENT,
    });

    // HMAC: checkout generates the code of a voucher. Delivery can verify a code, but cannot generate one.
    const vouchers = new CustomerManagedKey(this, 'Vouchers', {
      alias: 'alias/shop/vouchers', administrators, keySpec: KmsKeySpec.HMAC_256,
    });
    vouchers.grantGenerateMac(checkout);
    vouchers.grantVerifyMac(delivery);

    // ML-DSA: door locks are in use for twenty years. They must verify firmware even when quantum computers can forge
    // all signatures above.
    new CustomerManagedKey(this, 'Firmware', {
      alias: 'alias/shop/firmware', administrators, users: [delivery], keySpec: KmsKeySpec.ML_DSA_65,
    });

    // Imported key material: the shop generates it, and keeps a copy.
    new ImportedMaterialKey(this, 'Books', {
      alias: 'alias/shop/books',
      material: KeyMaterialSource.secret(secretsmanager.Secret.fromSecretNameV2(this, 'BooksMaterial', 'shop/books')),
      administrators,
      users: [office],
    });
  }
}
