// Loaded by Node.js before all other modules, in the local KMS and in every Lambda function, so that they share one
// clock: that of the machine plus the number of milliseconds in the file. To advance the clock, write the file.
const { readFileSync } = require('node:fs');

const MachineDate = Date;
const file = process.env.SHARED_CLOCK_FILE;
const millisecondsAhead = () => Number(readFileSync(file, 'utf8'));

globalThis.Date = class Date extends MachineDate {
  constructor(...values) {
    super(...(values.length === 0 ? [Date.now()] : values));
  }

  static now() {
    return MachineDate.now() + millisecondsAhead();
  }
};
