import { ArnFormat, Aws, Fn, Stack } from 'aws-cdk-lib';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { firewallThrottle, toGatewayResponseBody } from '../../lambda/http/gateway-responses.ts';
import type { EncryptedLogs } from './encrypted-logs.ts';
import { throttleBody, toVisibility, toWebAclRules } from './web-acl-rules.ts';

export interface WebAclOptions {
  /**
   * Requests of one address in five minutes, 10 or more. Whoever is behind one NAT gateway shares it.
   * @default 3000, ten a second on average
   */
  readonly requestsPerFiveMinutes?: number;
}

export interface WebAclProps extends WebAclOptions {
  readonly stage: Stage;
  /** Of the metrics: up to 128 letters, digits, `-` and `_`. */
  readonly metricName: string;
  readonly logs: EncryptedLogs;
}

/** Headers that are a credential, or become one: the token, a SAML request's cookie, a signed request's session token. */
export const secretHeaders = ['authorization', 'cookie', 'x-amz-security-token'] as const;

/**
 * The firewall before the API: addresses that ask too often, and AWS's own rules of what is never asked for. All that it
 * does not refuse passes on; who may have what is decided behind it.
 */
export class WebAcl extends Construct {
  readonly webAcl: CfnWebACL;
  private readonly metricName: string;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const { stage, logs, metricName, requestsPerFiveMinutes = 3000 } = props;
    this.metricName = metricName;
    this.webAcl = new CfnWebACL(this, 'WebAcl', {
      description: 'Daypass: before the API',
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: [...toWebAclRules(requestsPerFiveMinutes)],
      customResponseBodies: {
        [throttleBody]: {
          contentType: 'APPLICATION_JSON',
          content: toGatewayResponseBody(firewallThrottle),
        },
      },
      // Only a body above 16 KB, a SAML response then, costs more for it.
      associationConfig: { requestBody: { API_GATEWAY: { defaultSizeInspectionLimit: 'KB_64' } } },
      dataProtectionConfig: { dataProtections: toProtections() },
      visibilityConfig: toVisibility(metricName),
    });
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: stage.stageArn,
      webAclArn: this.webAcl.attrArn,
    });
    this.logRefusals(logs);
  }

  /** Requests that were refused, by a rule or by all. @param rule a rule's name in the web ACL @default all of them */
  metricBlockedRequests(rule = 'ALL'): Metric {
    return new Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      // The web ACL's own name here is its metric's.
      dimensionsMap: { WebACL: this.metricName, Region: Stack.of(this).region, Rule: rule },
      statistic: 'Sum',
    });
  }

  /** What passes is in the access log. */
  private logRefusals(logs: EncryptedLogs): void {
    const logGroup = logs.addLogGroup(this, 'Logs', {
      // WAF takes no other beginning. The rest is the stack's own id, because the group outlives the stack.
      logGroupName: `aws-waf-logs-${this.metricName}-${Fn.select(2, Fn.split('/', Aws.STACK_ID))}`,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAcl.attrArn,
      logDestinationConfigs: [this.toPlainArn(logGroup)],
      redactedFields: [
        ...secretHeaders.map((Name) => ({ singleHeader: { Name } })),
        // Cursors and filters name principals.
        { queryString: {} },
      ],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }],
          },
        ],
      },
    });
  }

  /** CloudFormation's own ends with `:*`. */
  private toPlainArn({ logGroupName }: ILogGroup): string {
    return Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}

/** Redaction holds for logs; this for every copy, what a rule matched on included. */
const toProtections = (): CfnWebACL.DataProtectProperty[] =>
  [
    { fieldType: 'SINGLE_HEADER', fieldKeys: [...secretHeaders] },
    { fieldType: 'QUERY_STRING' },
    { fieldType: 'BODY' },
  ].map((field) => ({ field, action: 'SUBSTITUTION' }));
