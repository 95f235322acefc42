import { parseAddressRange } from '../../lambda/core/policy/address-range.ts';

/** First and last address as numbers, both included. */
interface Addresses {
  readonly kind: 'ipv4' | 'ipv6';
  readonly from: bigint;
  readonly to: bigint;
}

/** Whether each address of the range is in one of the others: two halves hold the whole. */
export function isRangeCovered(range: string, others: readonly string[]): boolean {
  const inner = toAddresses(range);
  if (inner === undefined) return false;
  const outer = others
    .flatMap((other) => toAddresses(other) ?? [])
    .filter(({ kind }) => kind === inner.kind)
    .sort((a, b) => (a.from < b.from ? -1 : 1));
  const firstLeft = outer.reduce(
    (left, { from, to }) => (from <= left && left <= to ? to + 1n : left),
    inner.from,
  );
  return firstLeft > inner.to;
}

function toAddresses(range: string): Addresses | undefined {
  const parsed = parseAddressRange(range);
  if (parsed === undefined) return undefined;
  const bytes = parsed.address.toByteArray();
  const size = 1n << BigInt(bytes.length * 8 - parsed.prefixLength);
  const address = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const from = address - (address % size);
  return { kind: parsed.address.kind(), from, to: from + size - 1n };
}
