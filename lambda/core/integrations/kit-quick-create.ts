import { toConsoleHost } from '../console-addresses.ts';
import type { Integration } from './integration.ts';
import type { KitRole } from './kit-role.ts';
import { type TrustPolicy, toShownIds } from './kit-trust-policy.ts';

/** A link into the console of the third party's account, or why there is none. */
export type QuickCreate = { readonly url: string } | { readonly absent: string };

export interface QuickCreateOptions {
  /** Where the deployment's shared template is: CloudFormation reads it from S3 alone. `undefined`: nowhere. */
  readonly templateUrl?: string | undefined;
  /** Of the stack; IAM itself is in all of them. */
  readonly region: string;
}

/** Source: CloudFormation user guide, "Create quick-create links for stacks". */
export function toQuickCreate(
  integration: Integration,
  {
    role,
    trustPolicy,
    templateUrl,
    region,
  }: QuickCreateOptions & { readonly role: KitRole; readonly trustPolicy: TrustPolicy },
): QuickCreate {
  if (templateUrl === undefined) {
    return {
      absent:
        'CloudFormation reads templates from S3 alone, and this deployment names none; use the template of this kit. Who runs Daypass can put what ?format=quick-create-template gives into a bucket that partners can read, and name it as integrations.templateUrl',
    };
  }
  if (role.isThere)
    return {
      absent: 'the role is there: a link would make it anew; update its stack with the template of this kit',
    };
  const tagKeys = Object.keys(integration.sessionTags);
  const isWhole = tagKeys.length === 0 || JSON.stringify(trustPolicy).includes('"aws:TagKeys"');
  // A list of CloudFormation's loses the spaces around its items.
  if (!isWhole || tagKeys.some((key) => key !== key.trim()))
    return { absent: 'the session tags cannot be told by a link; use the template of this kit' };
  const query = new URLSearchParams({
    templateURL: templateUrl,
    stackName: `daypass-${integration.name}`,
    param_ExternalIds: [toShownIds(integration.externalIds)].flat().join(','),
    param_RoleName: role.name,
    param_RolePath: role.path,
    param_SetSourceIdentity: String(integration.setSourceIdentity),
    param_TagKeys: tagKeys.join(','),
  });
  // What comes after # is read as a path: a plus is no space there.
  const fragment = `/stacks/create/review?${query.toString().replaceAll('+', '%20')}`;
  const consoleUrl = `https://${region}.${toConsoleHost(role.partition)}/cloudformation/home`;
  return { url: `${consoleUrl}?region=${region}#${fragment}` };
}
