import * as z from 'zod';

/** The services whose calls can be made to fail. */
export const faultServices = [
  'sts',
  'dynamodb',
  'kms',
  'iam',
  'secretsmanager',
  'lambda',
  'events',
  's3',
  'signin',
  'identity-provider',
] as const;

export type FaultService = (typeof faultServices)[number];

/**
 * What can go wrong, in the words of the threat model's fault list. `reset`, `timeout`, `malformed` and `empty` are not
 * processed; `lost` and `slow` are.
 */
export const faultKinds = [
  'throttle',
  '500',
  'reset',
  'lost',
  'timeout',
  'slow',
  'malformed',
  'empty',
  'accessdenied',
  'conditional',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly service: FaultService;
  /** Absent: every operation of the service. */
  readonly operation?: string;
  readonly kind: FaultKind;
  /** Calls that it still hits. Absent: until it's cleared. */
  readonly times?: number;
  /** Milliseconds: how late a `slow` answer is (1000 when absent), how long a `timeout` holds the connection (60000). */
  readonly delayMs?: number;
}

/** The faults that are switched on now; shared by the embedded AWS and the local identity provider. */
export interface Faults {
  /** The fault that this call meets, counted down; `undefined` when there is none. The first that fits wins. */
  take(service: FaultService, operation: string): Fault | undefined;
  replace(faults: readonly Fault[]): void;
  clear(): void;
  list(): readonly Fault[];
}

export function createFaults(): Faults {
  let active: readonly Fault[] = [];
  return {
    take: (service, operation) => {
      const hit = active.find(
        (fault) =>
          fault.service === service && (fault.operation === undefined || fault.operation === operation),
      );
      if (hit?.times !== undefined) {
        const left = hit.times - 1;
        active = active.flatMap((fault) =>
          fault !== hit ? [fault] : left > 0 ? [{ ...fault, times: left }] : [],
        );
      }
      return hit;
    },
    replace: (faults) => {
      active = [...faults];
    },
    clear: () => {
      active = [];
    },
    list: () => active,
  };
}

const kindsOf: Readonly<Record<FaultService, readonly FaultKind[]>> = {
  sts: faultKinds.filter((kind) => kind !== 'conditional'),
  dynamodb: faultKinds,
  kms: faultKinds.filter((kind) => kind !== 'conditional'),
  iam: faultKinds.filter((kind) => kind !== 'conditional'),
  secretsmanager: faultKinds.filter((kind) => kind !== 'conditional'),
  lambda: faultKinds.filter((kind) => kind !== 'conditional'),
  events: faultKinds.filter((kind) => kind !== 'conditional'),
  s3: faultKinds.filter((kind) => kind !== 'conditional'),
  signin: faultKinds.filter((kind) => kind !== 'conditional'),
  'identity-provider': faultKinds.filter((kind) => kind !== 'conditional' && kind !== 'accessdenied'),
};

/** A misspelt operation would never fail, and the test that relies on it would pass: so they are listed. */
const operationsOf: Readonly<Record<Exclude<FaultService, 'identity-provider'>, readonly string[]>> = {
  sts: [
    'AssumeRole',
    'AssumeRoleWithSAML',
    'AssumeRoleWithWebIdentity',
    'AssumeRoot',
    'DecodeAuthorizationMessage',
    'GetAccessKeyInfo',
    'GetCallerIdentity',
    'GetFederationToken',
    'GetSessionToken',
    'GetWebIdentityToken',
  ],
  dynamodb: [
    'BatchGetItem',
    'BatchWriteItem',
    // UpdateItem of the table that counts attempts, which comes before every other write: it has faults of its own.
    'CountAttempt',
    'CreateTable',
    'DeleteItem',
    'DeleteTable',
    'DescribeTable',
    'DescribeTimeToLive',
    'GetItem',
    'ListTables',
    'ListTagsOfResource',
    'PutItem',
    'Query',
    'Scan',
    'TagResource',
    'UntagResource',
    'UpdateItem',
    'UpdateTable',
  ],
  kms: ['DescribeKey', 'GetPublicKey', 'Sign'],
  iam: [
    'CreateAccessKey',
    'DeleteAccessKey',
    'GetRole',
    'ListAccessKeys',
    'UpdateAccessKey',
    'UpdateAssumeRolePolicy',
  ],
  secretsmanager: [
    'CreateSecret',
    'DescribeSecret',
    'GetSecretValue',
    'PutSecretValue',
    'RotateSecret',
    'UpdateSecretVersionStage',
  ],
  lambda: ['Invoke'],
  events: ['PutEvents'],
  s3: ['GetObject', 'PutObject'],
  signin: ['getSigninToken', 'login'],
};

const oneOf = (values: readonly string[]) => `allowed: ${values.join(', ')}`;

const faultSchema = z
  .strictObject(
    {
      service: z.enum(faultServices, oneOf(faultServices)),
      operation: z.string('allowed: the name of an operation').optional(),
      kind: z.enum(faultKinds, oneOf(faultKinds)),
      times: z.int('allowed: a whole number from 1').min(1, 'allowed: a whole number from 1').optional(),
      delayMs: z
        .int('allowed: whole milliseconds, 0–60000')
        .min(0, 'allowed: whole milliseconds, 0–60000')
        .max(60_000, 'allowed: whole milliseconds, 0–60000')
        .optional(),
    },
    { error: () => oneOf(['service', 'operation', 'kind', 'times', 'delayMs']) },
  )
  .superRefine(({ service, operation, kind }, context) => {
    if (!kindsOf[service].includes(kind)) {
      context.addIssue({ code: 'custom', path: ['kind'], message: oneOf(kindsOf[service]) });
    }
    if (service === 'identity-provider' || operation === undefined) return;
    if (!operationsOf[service].includes(operation)) {
      context.addIssue({ code: 'custom', path: ['operation'], message: oneOf(operationsOf[service]) });
    }
  });

const faultsSchema = z
  .array(faultSchema, 'allowed: a list of faults')
  .max(100, 'allowed: at most 100 faults');

/** Throws a TypeError that names every wrong field and what is allowed there. */
export function parseFaults(value: unknown): readonly Fault[] {
  const parsed = faultsSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `faults${toPath(path)}: ${message}`);
    throw new TypeError(problems.join('; '));
  }
  return parsed.data.map(({ service, operation, kind, times, delayMs }) => ({
    service,
    kind,
    ...(operation === undefined ? {} : { operation }),
    ...(times === undefined ? {} : { times }),
    ...(delayMs === undefined ? {} : { delayMs }),
  }));
}

const toPath = (path: readonly PropertyKey[]): string =>
  path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
