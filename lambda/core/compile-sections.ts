import type * as z from 'zod';
import { compileStatements, type Report } from './compile-statements.ts';
import type {
  AuthorizationMessageSettings,
  Configuration,
  ControlSettings,
  SessionTokenSettings,
} from './configuration.ts';
import { authorizationMessagesSchema, controlsSchema, sessionTokensSchema } from './configuration-schema.ts';
import { readSettings } from './document-shape.ts';
import type { Policy, PolicyGrammar } from './policy/policy.ts';
import {
  type KnownIssuer,
  toAuditTrustGrammar,
  toAuthorizationMessagesTrustGrammar,
  toSessionTokensTrustGrammar,
} from './profile-grammar.ts';
import { stsLimits } from './sts-limits.ts';

type Sections = Pick<Configuration, 'sessionTokens' | 'authorizationMessages' | 'controls'>;

/** Compiles the sections that open routes of no profile; without its section nobody may use a route. */
export function compileSections(
  document: unknown,
  issuers: ReadonlyMap<string, KnownIssuer>,
  report: Report,
): Sections {
  const toMember = (name: keyof Sections): unknown => Reflect.get(Object(document), name);
  const sessionTokens = toMember('sessionTokens');
  const authorizationMessages = toMember('authorizationMessages');
  const controls = toMember('controls');
  return {
    ...(sessionTokens === undefined
      ? {}
      : { sessionTokens: compileSessionTokens(sessionTokens, issuers, report) }),
    ...(authorizationMessages === undefined
      ? {}
      : { authorizationMessages: compileAuthorizationMessages(authorizationMessages, issuers, report) }),
    ...(controls === undefined ? {} : { controls: compileControls(controls, issuers, report) }),
  };
}

function compileSessionTokens(
  section: unknown,
  issuers: ReadonlyMap<string, KnownIssuer>,
  report: Report,
): SessionTokenSettings {
  const { trust, duration } = readSettings(sessionTokensSchema, section);
  const grammar = toSessionTokensTrustGrammar(issuers);
  return {
    trust: compileTrust('sessionTokens', trust, { grammar, report }),
    duration: { maxSeconds: duration?.maxSeconds ?? stsLimits.defaultSessionSeconds },
  };
}

function compileAuthorizationMessages(
  section: unknown,
  issuers: ReadonlyMap<string, KnownIssuer>,
  report: Report,
): AuthorizationMessageSettings {
  const { trust } = readSettings(authorizationMessagesSchema, section);
  const grammar = toAuthorizationMessagesTrustGrammar(issuers);
  return { trust: compileTrust('authorizationMessages', trust, { grammar, report }) };
}

function compileControls(
  section: unknown,
  issuers: ReadonlyMap<string, KnownIssuer>,
  report: Report,
): ControlSettings {
  const { trust } = readSettings(controlsSchema, section);
  const grammar = toAuditTrustGrammar(issuers);
  return { trust: compileTrust('controls', trust, { grammar, report }) };
}

/** Statements that are missing or in error are reported, by the shape or here; nobody is trusted by them. */
function compileTrust(
  name: keyof Sections,
  trust: z.output<typeof authorizationMessagesSchema>['trust'] | undefined,
  { grammar, report }: { readonly grammar: PolicyGrammar; readonly report: Report },
): Policy {
  const policy = trust && compileStatements(trust, grammar, [name, 'trust'], report);
  return policy ?? { statements: [] };
}
