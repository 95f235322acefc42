import * as z from 'zod';

/** No other keys: a misspelt one would be left out in silence. */
const object = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, `allowed: an object with ${Object.keys(shape).join(', ') || 'nothing in it'}`);
const record = <Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(key: Key, value: Value) =>
  z.record(key, value, 'allowed: an object');

const accountId = z.string().regex(/^\d{12}$/, 'allowed: 12 digits, in quotes');
const name = z
  .string()
  .regex(/^[\w+=,.@-]{1,64}$/, 'allowed: 1–64 characters of IAM names, such as operator');
const rolePath = z
  .string()
  .regex(
    /^([!-.0-~]+\/)*[\w+=,.@-]{1,64}$/,
    'allowed: a role name with its path, such as daypass/ReadOnly, without a leading slash',
  );
/** Compiled afterwards, with errors of their own. */
const policy = z.unknown();
const policies = z.array(policy, 'allowed: a list of policies').default([]);

const user = object({
  accessKeyId: z
    .string('allowed: AKIA and 16 capitals or digits')
    .regex(/^AKIA[A-Z0-9]{16}$/, 'allowed: AKIA and 16 capitals or digits'),
  secretAccessKey: z
    .string('allowed: 40 characters')
    .regex(/^[A-Za-z0-9/+]{40}$/, 'allowed: 40 characters of letters, digits, / and +'),
  policies,
});

const maximum = 'allowed: whole seconds, 3600–43200, as IAM has it';

const role = object({
  trust: policy,
  policies,
  maxSessionDurationSeconds: z.int(maximum).min(3600, maximum).max(43_200, maximum).default(3600),
  tags: record(z.string(), z.string('allowed: text')).default({}),
});

const account = object({
  name: z.string('allowed: text').min(1, 'allowed: text'),
  organizationId: z
    .string('allowed: o- and 10–32 lower-case letters or digits')
    .regex(/^o-[a-z0-9]{10,32}$/, 'allowed: o- and 10–32 lower-case letters or digits')
    .optional(),
  users: record(name, user).default({}),
  roles: record(rolePath, role).default({}),
}).superRefine(({ roles }, context) => {
  const names = new Set<string>();
  for (const path of Object.keys(roles)) {
    const roleName = path.slice(path.lastIndexOf('/') + 1);
    if (names.has(roleName)) {
      const message = 'allowed: a role name once in an account, whatever its path';
      context.addIssue({ code: 'custom', path: ['roles', path], message });
    }
    names.add(roleName);
  }
});

const caller = object({
  issuer: z.string('allowed: one of issuers'),
  subject: z.string('allowed: text').min(1, 'allowed: text'),
  claims: record(z.string(), z.unknown()).default({}),
});

export const worldFileSchema = object({
  region: z
    .string('allowed: a region, such as eu-west-1')
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'allowed: a region, such as eu-west-1'),
  accounts: record(accountId, account),
  managedPolicies: z
    .record(
      z.string().regex(/^arn:aws:iam::(aws|\d{12}):policy\/.+$/, 'allowed: the ARN of a policy'),
      policy,
    )
    .default({}),
  issuers: record(z.string(), object({})).default({}),
  callers: record(z.string(), caller).default({}),
}).superRefine(({ accounts, callers, issuers }, context) => {
  const known = Object.keys(issuers);
  for (const [callerName, { issuer }] of Object.entries(callers)) {
    if (known.includes(issuer)) continue;
    const message = `allowed: ${known.join(', ')}`;
    context.addIssue({ code: 'custom', path: ['callers', callerName, 'issuer'], input: issuer, message });
  }
  const keys = new Set<string>();
  for (const [id, { users }] of Object.entries(accounts)) {
    for (const [userName, { accessKeyId }] of Object.entries(users)) {
      if (keys.has(accessKeyId)) {
        const path = ['accounts', id, 'users', userName, 'accessKeyId'];
        context.addIssue({ code: 'custom', path, input: accessKeyId, message: 'allowed: a key once' });
      }
      keys.add(accessKeyId);
    }
  }
});

export type WorldFile = z.output<typeof worldFileSchema>;
