import { serveMeasured } from './measured-server';
import { LocalKms } from '../../local/kms/local-kms';

/** The local KMS as users start it. */
void LocalKms.start().then(({ endpoint }) => serveMeasured(endpoint));
