import * as z from 'zod';
import { isIssuerUrl, isLoopbackHost } from '../lambda/core/issuer-url.ts';

/** No other keys: a misspelt one would be left out in silence. */
const object = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, `allowed: an object with ${Object.keys(shape).join(', ') || 'nothing in it'}`);
const record = <Key extends z.core.$ZodRecordKey, Value extends z.core.SomeType>(key: Key, value: Value) =>
  z.record(key, value, 'allowed: an object');

/** In the place of a URL: wherever the broker of this run listens. */
export const brokerAddress = 'broker';

const isLoopbackUrl = (url: string) => isIssuerUrl(url) && isLoopbackHost(new URL(url).hostname);

const accountId = z.string().regex(/^\d{12}$/, 'allowed: 12 digits, in quotes');
const userPath = z
  .string()
  .regex(
    /^([!-.0-~]+\/)*[\w+=,.@-]{1,64}$/,
    'allowed: a user name with its path, such as operator, without a leading slash',
  );
const rolePath = z
  .string()
  .regex(
    /^([!-.0-~]+\/)*[\w+=,.@-]{1,64}$/,
    'allowed: a role name with its path, such as daypass/ReadOnly, without a leading slash',
  );
/** Compiled afterwards, with errors of their own. */
const policy = z.unknown();
const policies = z.array(policy, 'allowed: a list of policies').default([]);

const mfaDevice = object({
  serialNumber: z
    .string('allowed: the ARN of a virtual MFA device')
    .regex(
      /^arn:aws:iam::\d{12}:mfa\/[\w+=,.@-]{1,226}$/,
      'allowed: the ARN of a virtual MFA device, such as arn:aws:iam::111111111111:mfa/operator',
    ),
  secret: z
    .string('allowed: base32')
    .regex(/^[A-Z2-7]{16,128}$/, 'allowed: 16–128 characters of base32, in capitals and without padding'),
});

const user = object({
  accessKeyId: z
    .string('allowed: AKIA and 16 capitals or digits')
    .regex(/^AKIA[A-Z0-9]{16}$/, 'allowed: AKIA and 16 capitals or digits')
    .optional(),
  secretAccessKey: z
    .string('allowed: 40 characters')
    .regex(/^[A-Za-z0-9/+]{40}$/, 'allowed: 40 characters of letters, digits, / and +')
    .optional(),
  mfaDevices: z.array(mfaDevice, 'allowed: a list of MFA devices').default([]),
  policies,
});

const maximum = 'allowed: whole seconds, 3600–43200, as IAM has it';

const role = object({
  trust: policy,
  policies,
  maxSessionDurationSeconds: z.int(maximum).min(3600, maximum).max(43_200, maximum).default(3600),
  tags: record(z.string(), z.string('allowed: text')).default({}),
});

/** One that the local identity provider plays: the provider is wherever that is. */
const playedIssuer = z.string('allowed: one of issuers');

const oidcProvider = object({
  url: z
    .string('allowed: a loopback URL, or broker')
    .refine(
      (url) => url === brokerAddress || isLoopbackUrl(url),
      'allowed: a loopback URL, where discovery is served instead of at the issuer, or broker',
    )
    .optional(),
  issuer: playedIssuer.optional(),
  clientIds: z
    .array(z.string().min(1).max(255), 'allowed: a list of 1–100 audiences')
    .min(1, 'allowed: a list of 1–100 audiences')
    .max(100, 'allowed: a list of 1–100 audiences'),
});

/** The identity provider's metadata as text, what would stand in it, or the name of one that is played here. */
const samlProvider = object({
  metadata: z.string('allowed: SAML metadata as text').min(1).optional(),
  entityId: z
    .string('allowed: text')
    .min(1, 'allowed: text')
    .max(1024, 'allowed: at most 1024 characters')
    .optional(),
  certificates: z
    .array(z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/, 'allowed: DER in base64'))
    .min(1, 'allowed: at least one certificate')
    .optional(),
  issuer: playedIssuer.optional(),
}).refine(
  ({ metadata, entityId, certificates, issuer }) =>
    metadata === undefined && issuer === undefined
      ? entityId !== undefined && certificates !== undefined
      : entityId === undefined &&
        certificates === undefined &&
        (metadata === undefined) !== (issuer === undefined),
  'allowed: metadata, or entityId and certificates, or issuer',
);

const account = object({
  name: z.string('allowed: text').min(1, 'allowed: text'),
  organizationId: z
    .string('allowed: o- and 10–32 lower-case letters or digits')
    .regex(/^o-[a-z0-9]{10,32}$/, 'allowed: o- and 10–32 lower-case letters or digits')
    .optional(),
  /** Of the organization, or an account that it delegated IAM to: it may call AssumeRoot. */
  managementAccount: z.boolean('allowed: true, false').default(false),
  /** Whether GetWebIdentityToken is switched on. */
  outboundWebIdentityFederation: z.boolean('allowed: true, false').default(false),
  /** IAM OIDC providers by the issuer's URL without its scheme. */
  oidcProviders: record(
    z.string().regex(/^[a-zA-Z0-9.-]+(:\d+)?(\/[\w.~%-]+)*$/, "allowed: an issuer's URL without its scheme"),
    oidcProvider,
  ).default({}),
  samlProviders: record(
    z.string().regex(/^[\w.-]{1,128}$/, 'allowed: 1–128 characters of letters, digits, . _ -'),
    samlProvider,
  ).default({}),
  users: record(userPath, user).default({}),
  roles: record(rolePath, role).default({}),
}).superRefine(({ users, roles, managementAccount, organizationId }, context) => {
  if (managementAccount && organizationId === undefined) {
    const message = 'allowed: true in an account with an organizationId';
    context.addIssue({ code: 'custom', path: ['managementAccount'], input: true, message });
  }
  for (const [kind, entries] of Object.entries({ users, roles })) {
    const names = new Set<string>();
    for (const path of Object.keys(entries)) {
      const entryName = path.slice(path.lastIndexOf('/') + 1);
      if (names.has(entryName)) {
        const message = `allowed: a ${kind.slice(0, -1)} name once in an account, whatever its path`;
        context.addIssue({ code: 'custom', path: [kind, path], message });
      }
      names.add(entryName);
    }
  }
  for (const [path, { accessKeyId, secretAccessKey }] of Object.entries(users)) {
    if ((accessKeyId === undefined) === (secretAccessKey === undefined)) continue;
    const message = 'allowed: accessKeyId and secretAccessKey together, or neither for a user without a key';
    context.addIssue({ code: 'custom', path: ['users', path], message });
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
  for (const [id, { oidcProviders, samlProviders }] of Object.entries(accounts)) {
    for (const [kind, providers] of Object.entries({ oidcProviders, samlProviders })) {
      for (const [provider, { issuer }] of Object.entries<{ readonly issuer?: string | undefined }>(
        providers,
      )) {
        if (issuer === undefined || known.includes(issuer)) continue;
        const path = ['accounts', id, kind, provider, 'issuer'];
        context.addIssue({ code: 'custom', path, input: issuer, message: `allowed: ${known.join(', ')}` });
      }
    }
  }
  const serialNumbers = new Set<string>();
  for (const [id, { users }] of Object.entries(accounts)) {
    for (const [userName, { mfaDevices }] of Object.entries(users)) {
      for (const [index, { serialNumber }] of mfaDevices.entries()) {
        const path = ['accounts', id, 'users', userName, 'mfaDevices', index, 'serialNumber'];
        const isOwn = serialNumber.split(':')[4] === id;
        if (!isOwn || serialNumbers.has(serialNumber)) {
          const message = isOwn ? 'allowed: a device once' : 'allowed: a device of the same account';
          context.addIssue({ code: 'custom', path, input: serialNumber, message });
        }
        serialNumbers.add(serialNumber);
      }
    }
  }
  const keys = new Set<string>();
  for (const [id, { users }] of Object.entries(accounts)) {
    for (const [userName, { accessKeyId }] of Object.entries(users)) {
      if (accessKeyId === undefined) continue;
      if (keys.has(accessKeyId)) {
        const path = ['accounts', id, 'users', userName, 'accessKeyId'];
        context.addIssue({ code: 'custom', path, input: accessKeyId, message: 'allowed: a key once' });
      }
      keys.add(accessKeyId);
    }
  }
});

export type WorldFile = z.output<typeof worldFileSchema>;
