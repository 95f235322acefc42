import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { firewallThrottle } from '../../lambda/http/gateway-responses.ts';

type Rule = CfnWebACL.RuleProperty;

/** Key of the answer to an address that asks too often. */
export const throttleBody = 'throttled';

/**
 * What the core rule set only counts. Source: WAF developer guide, "Baseline rule groups".
 *
 * - Bodies: one over 8 KB would be refused, while ours may have 16 KB and a posted SAML response 100 KB; session policies
 *   hold addresses, URLs and paths, and base64 looks like anything. The functions check a body by its schema and hand
 *   it to no shell, query or page.
 * - No User-Agent: the JavaScript SDK sends none when it asks the container credentials endpoint, nor need AWS when it
 *   reads the key set.
 * - Extensions of paths: a suspension of the profile `config` has the id `profile.config`. No path of ours leads to a file.
 */
export const countedCoreRules = [
  'SizeRestrictions_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'CrossSiteScripting_BODY',
  'NoUserAgent_HEADER',
  'RestrictedExtensions_URIPATH',
] as const;

/**
 * In the order in which they are asked. Not AWSManagedRulesAnonymousIpList: it refuses hosting providers, where CI and
 * workloads are.
 */
export const toWebAclRules = (rateLimit: number): readonly Rule[] =>
  [
    toRateRule(rateLimit),
    toManagedRule('AWSManagedRulesAmazonIpReputationList'),
    toManagedRule('AWSManagedRulesKnownBadInputsRuleSet'),
    toManagedRule('AWSManagedRulesCommonRuleSet', countedCoreRules),
  ].map((rule, priority) => ({ ...rule, priority }));

type UnorderedRule = Omit<Rule, 'priority'>;

/** The address is the socket's: a header with another one is the caller's to write. */
const toRateRule = (limit: number): UnorderedRule => ({
  name: 'AddressesThatAskTooOften',
  action: {
    block: {
      customResponse: {
        responseCode: firewallThrottle.status,
        customResponseBodyKey: throttleBody,
        responseHeaders: Object.entries(firewallThrottle.headers).map(([name, value]) => ({ name, value })),
      },
    },
  },
  statement: { rateBasedStatement: { aggregateKeyType: 'IP', evaluationWindowSec: 300, limit } },
  visibilityConfig: toVisibility('AddressesThatAskTooOften'),
});

/** A group's refusals are answered by API Gateway, with the gateway response WAF_FILTERED. */
const toManagedRule = (name: string, counted: readonly string[] = []): UnorderedRule => ({
  name,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
  visibilityConfig: toVisibility(name),
});

/** Without samples: they would show headers, tokens among them, to whoever may look at the firewall. */
export function toVisibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
