import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { CustomerManagedKey, ImportedMaterialKey, KeyMaterialSource, KmsKeySpec } from '../../src/index';

/** A shop has a key of every kind, each for what no other kind does as well. Security manages them all and can use none. */
export class KeyKindsStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const administrators = [new iam.Role(this, 'Security', { assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the keys of the shop' })];
    const service = (name: string) => new iam.Role(this, name, { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });
    const office = service('Office');
    const checkout = service('Checkout');
    const delivery = service('Delivery');

    // Symmetric: documents are encrypted and decrypted here, each with a data key of its own. AWS KMS rotates it every year.
    new CustomerManagedKey(this, 'Documents', {
      alias: 'alias/shop/documents', administrators, users: [office], encryptionContext: { purpose: 'documents' },
    });

    // RSA: suppliers encrypt offers with the public key, without an AWS account. Only the office opens them.
    const offers = new CustomerManagedKey(this, 'Offers', {
      alias: 'alias/shop/offers', administrators, keySpec: KmsKeySpec.RSA_4096, keyUsage: kms.KeyUsage.ENCRYPT_DECRYPT,
    });
    offers.grantDecrypt(office);

    // RSA again, to sign: what reads invoices knows nothing newer.
    new CustomerManagedKey(this, 'Invoices', {
      alias: 'alias/shop/invoices', administrators, users: [office], keySpec: KmsKeySpec.RSA_3072, keyUsage: kms.KeyUsage.SIGN_VERIFY,
    });

    // Elliptic curve: receipts are signed by the thousand, and the signature has to fit into a QR code.
    const receipts = new CustomerManagedKey(this, 'Receipts', {
      alias: 'alias/shop/receipts', administrators, keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.SIGN_VERIFY,
    });
    receipts.grantSign(checkout);
    receipts.grantVerify(delivery);

    // Ed25519: what is told to other shops over the web is signed the way they expect it.
    new CustomerManagedKey(this, 'Webhooks', { alias: 'alias/shop/webhooks', administrators, users: [delivery], keySpec: KmsKeySpec.ECC_NIST_EDWARDS25519 });

    // Key agreement: checkout and the bank derive one secret, each from its own private key and the other's public key.
    new CustomerManagedKey(this, 'Bank', {
      alias: 'alias/shop/bank', administrators, users: [checkout], keySpec: KmsKeySpec.ECC_NIST_P384, keyUsage: kms.KeyUsage.KEY_AGREEMENT,
    });

    // HMAC: a voucher carries a code that checkout makes, and delivery can check without being able to make one.
    const vouchers = new CustomerManagedKey(this, 'Vouchers', { alias: 'alias/shop/vouchers', administrators, keySpec: KmsKeySpec.HMAC_256 });
    vouchers.grantGenerateMac(checkout);
    vouchers.grantVerifyMac(delivery);

    // ML-DSA: door locks are in the field for twenty years, and take firmware even when quantum computers forge all signatures above.
    new CustomerManagedKey(this, 'Firmware', { alias: 'alias/shop/firmware', administrators, users: [delivery], keySpec: KmsKeySpec.ML_DSA_65 });

    // Imported: the bytes under the books are the shop's own, and it keeps a copy.
    new ImportedMaterialKey(this, 'Books', {
      alias: 'alias/shop/books',
      material: KeyMaterialSource.secret(secretsmanager.Secret.fromSecretNameV2(this, 'BooksMaterial', 'shop/books')),
      administrators,
      users: [office],
    });
  }
}
