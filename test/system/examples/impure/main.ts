/** A counterexample: each stack depends on something of the place or time at which it is synthesized. */
import { App, Stack } from 'aws-cdk-lib';

const app = new App();
new Stack(app, 'Clock', { description: `in ${new Date().getUTCFullYear()}` });
new Stack(app, 'Directory', { description: `below ${process.cwd()}` });
new Stack(app, 'Environment', { description: `for account ${process.env.CDK_DEFAULT_ACCOUNT}` });
new Stack(app, 'Locale', { description: `costs ${(1234.5).toLocaleString()}` });
new Stack(app, 'Pure', { description: 'the same everywhere' });
new Stack(app, 'TimeZone', { description: `in ${Intl.DateTimeFormat().resolvedOptions().timeZone}` });
