import type { LocalKmsResult } from './bench-local-kms';

/** The result as text for a terminal. */
export function describe(result: LocalKmsResult): string {
  const number = (value: number) => value.toLocaleString('en-US');
  return [
    `${number(result.calls)} ReEncrypt calls over ${result.connections} connections in ${number(result.seconds)} s`,
    `  local KMS    ${number(result.reEncryptPerSecond)}/s, ${number(result.reEncryptPerCpuSecond)} for each second of its CPU`,
    `  bare server  ${number(result.bareServerPerSecond)}/s, ${number(result.bareServerPerCpuSecond)} for each second of its CPU`,
    `  ratio        ${result.ratioToBareServer}`,
    `  memory       ${result.residentMegabytesAfter.map(Math.round).join(' ')} MB, last to first ${result.residentMemoryLastToFirst}`,
    '',
  ].join('\n');
}
