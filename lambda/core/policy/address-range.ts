import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A network: the addresses whose first `prefixLength` bits are those of `address`. */
export interface AddressRange {
  readonly address: Address;
  readonly prefixLength: number;
}

/** What `parseAddressRange` takes, for messages. */
export const addressRangeForm =
  'an IPv4 or IPv6 address, alone or with a prefix length, such as 203.0.113.0/24 or 2001:db8::/32';

/** Bits before the IPv4 address in an IPv4-mapped IPv6 address (::ffff:0:0/96). */
const mappedPrefixLength = 96;
const prefixLengthSyntax = /^(?:0|[1-9]\d{0,2})$/;

/** An address or a range in CIDR notation; `undefined` when it is neither. An address alone is a range of one. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const slash = text.indexOf('/');
  const written = parseWritten(slash === -1 ? text : text.slice(0, slash));
  if (written === undefined) return undefined;
  const bits = written.kind() === 'ipv4' ? 32 : 128;
  const length = slash === -1 ? bits : parsePrefixLength(text.slice(slash + 1), bits);
  if (length === undefined) return undefined;
  if (!isMapped(written) || length < mappedPrefixLength) return { address: written, prefixLength: length };
  return { address: written.toIPv4Address(), prefixLength: length - mappedPrefixLength };
}

/**
 * A single address; `undefined` when it is none. An IPv4-mapped one (::ffff:203.0.113.7) is its IPv4 address:
 * the same socket shows either form, and no range of addresses may be left by writing it differently.
 */
export function parseAddress(text: string): Address | undefined {
  const written = parseWritten(text);
  return written !== undefined && isMapped(written) ? written.toIPv4Address() : written;
}

/** IPv4 addresses are in IPv4 ranges only: `::/0` is every IPv6 address and no other. */
export function rangeContains({ address, prefixLength }: AddressRange, candidate: Address): boolean {
  return address.kind() === candidate.kind() && candidate.match(address, prefixLength);
}

/**
 * Four plain decimal parts or plain IPv6. `ipaddr.parse` takes more: 127.1, 0x7f.1 and 010.0.0.1, zones (%eth0),
 * and ::203.0.113.7, which it takes for the mapped ::ffff:203.0.113.7.
 */
function parseWritten(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(':') || text.includes('%') || !hasPlainTail(text)) return undefined;
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
}

/** Whether a dotted end, as in ::ffff:203.0.113.7, is plain IPv4 behind something more than `::`. */
function hasPlainTail(text: string): boolean {
  const colon = text.lastIndexOf(':');
  const tail = text.slice(colon + 1);
  return !tail.includes('.') || (colon > 1 && ipaddr.IPv4.isValidFourPartDecimal(tail));
}

function parsePrefixLength(text: string, bits: number): number | undefined {
  return prefixLengthSyntax.test(text) && Number(text) <= bits ? Number(text) : undefined;
}

/** Whether it is an IPv4-mapped IPv6 address. */
function isMapped(address: Address): address is ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();
}
