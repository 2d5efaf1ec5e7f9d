// Read by Node before anything else, in the local KMS and in every Lambda function: one time for all of them. It is the machine's, and as far
// ahead as the file says: whoever lets time pass writes it there.
const { readFileSync } = require('node:fs');

const MachineDate = Date;
const file = process.env.SHARED_CLOCK_FILE;
const millisecondsAhead = () => Number(readFileSync(file, 'utf8'));

globalThis.Date = class Date extends MachineDate {
  constructor(...given) {
    super(...(given.length === 0 ? [Date.now()] : given));
  }

  static now() {
    return MachineDate.now() + millisecondsAhead();
  }
};
