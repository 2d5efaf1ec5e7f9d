/** Every usual encoding of bytes, of the first and of the second half, because a leak may be truncated. */
export function tracesOf(bytes: Uint8Array): Map<string, Buffer> {
  const traces = new Map<string, Buffer>();
  // 15 bytes are exactly 20 letters of base64, so that a half is encoded as within the whole.
  for (const [part, from, to] of [['beginning', 0, 15], ['end', 15, 30]] as const) {
    const piece = Buffer.from(bytes.subarray(from, to));
    const hex = piece.toString('hex');
    traces.set(`${part}, raw`, piece);
    traces.set(`${part}, hex`, Buffer.from(hex));
    traces.set(`${part}, HEX`, Buffer.from(hex.toUpperCase()));
    traces.set(`${part}, as Node.js prints a buffer`, Buffer.from(hex.match(/../g)?.join(' ') ?? ''));
    traces.set(`${part}, numbers`, Buffer.from([...piece].join(',')));
    traces.set(`${part}, numbers with blanks`, Buffer.from([...piece].join(', ')));
    traces.set(`${part}, base64`, Buffer.from(piece.toString('base64')));
    traces.set(`${part}, base64url`, Buffer.from(piece.toString('base64url')));
  }
  return traces;
}

/** The names of the traces that the contents contain. */
export function findTraces(traces: ReadonlyMap<string, Buffer>, seen: readonly Buffer[]): string[] {
  return [...traces].filter(([, trace]) => seen.some((part) => part.includes(trace))).map(([name]) => name);
}
