import { createHash } from 'node:crypto';
import { certificateText, type Certificate } from '../../../src/contract/evidence/certificate';

export function hashCertificate(certificate: Omit<Certificate, 'hash'>): Certificate {
  return { ...certificate, hash: digest(certificate) };
}

/** Whether a certificate is unchanged since it was issued. */
export function verifyCertificate(certificate: Certificate): boolean {
  return certificate.hash === digest(certificate);
}

/** Whether a certificate is unchanged, and certifies this key at the time that its tags name. */
export function certifies(
  certificate: Certificate, { keyArn, certifiedSince }: { readonly keyArn: string; readonly certifiedSince?: string },
): boolean {
  return verifyCertificate(certificate) && certificate.keyArn === keyArn && certificate.census.startedAt === certifiedSince;
}

function digest(certificate: Omit<Certificate, 'hash'>): string {
  return createHash('sha256').update(certificateText(certificate)).digest('hex');
}
