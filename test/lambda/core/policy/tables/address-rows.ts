import { allowIf, type ConditionRow, denyIf, toDecisionRows } from './decision-row.ts';

const office = allowIf({ IpAddress: { 'daypass:SourceIp': ['203.0.113.0/24', '2001:db8:1::/48'] } });
const oneAddress = allowIf({ IpAddress: { 'daypass:SourceIp': '203.0.113.7' } });
const mappedRange = allowIf({ IpAddress: { 'daypass:SourceIp': '::ffff:203.0.113.0/120' } });
const anyIpv6 = allowIf({ IpAddress: { 'daypass:SourceIp': '::/0' } });
const anyIpv4 = allowIf({ IpAddress: { 'daypass:SourceIp': '0.0.0.0/0' } });
const elsewhere = allowIf({ NotIpAddress: { 'daypass:SourceIp': '203.0.113.0/24' } });
const deniedElsewhere = denyIf({ NotIpAddress: { 'daypass:SourceIp': '203.0.113.0/24' } });
const deniedHere = denyIf({ IpAddress: { 'daypass:SourceIp': '203.0.113.0/24' } });

const from = (address: string) => ({ 'daypass:SourceIp': address });

const rows: readonly ConditionRow[] = [
  ['the first address of a range', office, from('203.0.113.0'), 'Allow'],
  ['the last address of a range', office, from('203.0.113.255'), 'Allow'],
  ['the address before a range', office, from('203.0.112.255'), 'ImplicitDeny'],
  ['the address after a range', office, from('203.0.114.0'), 'ImplicitDeny'],
  ['an IPv6 address in a range', office, from('2001:DB8:1:0:0::5'), 'Allow'],
  ['an IPv6 address after a range', office, from('2001:db8:2::'), 'ImplicitDeny'],
  ['an IPv6 address whose text begins alike', office, from('2001:db8:11::1'), 'ImplicitDeny'],
  ['an IPv4-mapped address in an IPv4 range', office, from('::ffff:203.0.113.7'), 'Allow'],
  ['an IPv4-mapped address outside', office, from('::ffff:203.0.114.7'), 'ImplicitDeny'],
  ['an IPv4-mapped address in hexadecimal', office, from('::ffff:cb00:7107'), 'Allow'],
  ['an IPv4-compatible address, which is not mapped', office, from('::203.0.113.7'), 'ImplicitDeny'],
  ['an address behind NAT64, which is not mapped', office, from('64:ff9b::203.0.113.7'), 'ImplicitDeny'],
  ['a range in the request', office, from('203.0.113.0/24'), 'ImplicitDeny'],
  ['an address with a port', office, from('203.0.113.7:443'), 'ImplicitDeny'],
  ['an address with spaces', office, from(' 203.0.113.7'), 'ImplicitDeny'],
  [
    'a list of addresses as X-Forwarded-For has it',
    office,
    from('203.0.113.7, 198.51.100.1'),
    'ImplicitDeny',
  ],
  ['a part in octal', office, from('0313.0.113.7'), 'ImplicitDeny'],
  ['a part in hexadecimal', office, from('0xcb.0.113.7'), 'ImplicitDeny'],
  ['three parts', office, from('203.0.28935'), 'ImplicitDeny'],
  ['one number', office, from('3405803783'), 'ImplicitDeny'],
  ['a wildcard', office, from('203.0.113.*'), 'ImplicitDeny'],
  ['an empty address', office, from(''), 'ImplicitDeny'],
  ['no address', office, {}, 'ImplicitDeny'],
  [
    'an address with a zone',
    allowIf({ IpAddress: { 'daypass:SourceIp': 'fe80::/10' } }),
    from('fe80::1%eth0'),
    'ImplicitDeny',
  ],
  ['a service in place of an address', office, from('cloudformation.amazonaws.com'), 'ImplicitDeny'],
  ['a range of one: the address', oneAddress, from('203.0.113.7'), 'Allow'],
  ['a range of one: the next', oneAddress, from('203.0.113.8'), 'ImplicitDeny'],
  ['a range of one: a longer text', oneAddress, from('203.0.113.70'), 'ImplicitDeny'],
  ['a mapped range has the IPv4 address', mappedRange, from('203.0.113.7'), 'Allow'],
  ['a mapped range has no other IPv4 address', mappedRange, from('203.0.114.7'), 'ImplicitDeny'],
  ['all of IPv6 has no IPv4 address', anyIpv6, from('203.0.113.7'), 'ImplicitDeny'],
  ['all of IPv6 has no mapped address', anyIpv6, from('::ffff:203.0.113.7'), 'ImplicitDeny'],
  ['all of IPv4 has no IPv6 address', anyIpv4, from('2001:db8::1'), 'ImplicitDeny'],
  ['NotIpAddress refuses an address inside', elsewhere, from('203.0.113.9'), 'ImplicitDeny'],
  ['NotIpAddress refuses a mapped address inside', elsewhere, from('::ffff:203.0.113.9'), 'ImplicitDeny'],
  ['NotIpAddress takes an address outside', elsewhere, from('198.51.100.1'), 'Allow'],
  ['a Deny elsewhere denies an address outside', deniedElsewhere, from('198.51.100.1'), 'ExplicitDeny'],
  ['a Deny elsewhere denies what is no address', deniedElsewhere, from('unknown'), 'ExplicitDeny'],
  ['a Deny elsewhere denies a missing address', deniedElsewhere, {}, 'ExplicitDeny'],
  ['a Deny elsewhere denies IPv6', deniedElsewhere, from('2001:db8::1'), 'ExplicitDeny'],
  ['a Deny elsewhere spares a mapped address inside', deniedElsewhere, from('::ffff:203.0.113.9'), 'Allow'],
  ['a Deny here denies a mapped address', deniedHere, from('::FFFF:203.0.113.9'), 'ExplicitDeny'],
  [
    'a range with host bits is its network',
    allowIf({ IpAddress: { 'daypass:SourceIp': '203.0.113.77/24' } }),
    from('203.0.113.1'),
    'Allow',
  ],
];

export const addressRows = toDecisionRows(rows);
