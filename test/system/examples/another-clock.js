// Preloaded by Node: in this process the clock is years ahead.
const Here = Date;
const AHEAD = Here.UTC(2031, 6, 1) - Here.UTC(2026, 0, 1);

globalThis.Date = class extends Here {
  constructor(...given) {
    super(...(given.length === 0 ? [Here.now() + AHEAD] : given));
  }

  static now() {
    return Here.now() + AHEAD;
  }
};
