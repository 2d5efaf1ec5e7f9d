import { serveMeasured } from './measured-server';
import { LocalKms } from '../../local/kms/local-kms';

/** The local KMS with its default settings. */
void LocalKms.start().then(({ endpoint }) => serveMeasured(endpoint));
