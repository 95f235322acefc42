import type { Integration } from './integration.ts';
import { toCli } from './kit-cli.ts';
import { toCloudFormation } from './kit-cloudformation.ts';
import { type QuickCreate, type QuickCreateOptions, toQuickCreate } from './kit-quick-create.ts';
import { toKitRole } from './kit-role.ts';
import { toTerraform } from './kit-terraform.ts';
import { type BrokerPrincipals, type TrustPolicy, toTrustPolicy } from './kit-trust-policy.ts';
import { toWords } from './kit-words.ts';

/**
 * All that a third party needs to make its role. It holds the ExternalIds: it is for those who may manage the
 * integration, and for the integration itself.
 */
export interface OnboardingKit {
  readonly roleArn: string;
  readonly trustPolicy: TrustPolicy;
  /** A template, as YAML. */
  readonly cloudFormation: string;
  /** HCL. */
  readonly terraform: string;
  /** Commands for a POSIX shell. */
  readonly awsCli: string;
  readonly quickCreate: QuickCreate;
  /** Markdown. */
  readonly instructions: string;
}

export interface OnboardingKitContext extends QuickCreateOptions {
  readonly broker: BrokerPrincipals;
  readonly nowMs: number;
}

/** Each form has the same trust policy. */
export function toOnboardingKit(
  integration: Integration,
  { broker, nowMs, templateUrl, region }: OnboardingKitContext,
): OnboardingKit {
  const role = toKitRole(integration);
  const trustPolicy = toTrustPolicy(integration, broker);
  return {
    roleArn: integration.roleArn,
    trustPolicy,
    cloudFormation: toCloudFormation(role, trustPolicy),
    terraform: toTerraform(role, trustPolicy),
    awsCli: toCli(role, trustPolicy),
    quickCreate: toQuickCreate(integration, { role, trustPolicy, templateUrl, region }),
    instructions: toWords(integration, { role, broker, nowMs }),
  };
}
