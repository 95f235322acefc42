import { Stack } from 'aws-cdk-lib';
import {
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  type ISecurityGroup,
  type IVpc,
  type IVpcEndpoint,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Through which VPC endpoints a private API is reached: those that are there, or one that is made. */
export type PrivateAccess = GivenEndpoints | MadeEndpoint;

export interface GivenEndpoints {
  /** Of the service execute-api, in any account. */
  readonly vpcEndpointIds: readonly string[];
  readonly vpc?: never;
}

export interface MadeEndpoint {
  readonly vpcEndpointIds?: never;
  readonly vpc: IVpc;
  /** @default the VPC's private subnets */
  readonly subnets?: SubnetSelection;
  /** @default one that lets the VPC's own addresses in, at port 443 */
  readonly securityGroups?: readonly ISecurityGroup[];
  /**
   * Whether API Gateway's names lead to the endpoint everywhere in the VPC; those of other accounts' public APIs then do
   * so as well, and are not found there. Without it the API has the endpoint's own name, or a domain.
   * @default true
   */
  readonly privateDns?: boolean;
}

/** The VPC endpoints of a private API. */
export interface Network {
  readonly endpoints: readonly IVpcEndpoint[];
  readonly ids: readonly string[];
  /** Of one that is made. */
  readonly dnsEntries?: readonly string[];
}

/** The endpoints that are given, or a new one in `scope`. */
export function addNetwork(scope: Construct, access: PrivateAccess): Network {
  if (access.vpc === undefined) {
    const endpoints = access.vpcEndpointIds.map((vpcEndpointId, index) =>
      InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(scope, `VpcEndpoint${index}`, {
        ...{ vpcEndpointId, port: 443 },
      }),
    );
    return { endpoints, ids: access.vpcEndpointIds };
  }
  const endpoint = addVpcEndpoint(scope, access);
  const { vpcEndpointId, vpcEndpointDnsEntries: dnsEntries } = endpoint;
  return { endpoints: [endpoint], ids: [vpcEndpointId], dnsEntries };
}

/** The endpoint and its policy. */
function addVpcEndpoint(scope: Construct, access: MadeEndpoint): InterfaceVpcEndpoint {
  const { vpc, subnets, securityGroups = [], privateDns = true } = access;
  const endpoint = new InterfaceVpcEndpoint(scope, 'VpcEndpoint', {
    vpc,
    service: InterfaceVpcEndpointAwsService.APIGATEWAY,
    privateDnsEnabled: privateDns,
    ...(subnets === undefined ? {} : { subnets }),
    // An empty list would be the VPC's default group.
    ...(securityGroups.length === 0 ? {} : { securityGroups: [...securityGroups] }),
  });
  const { partition, region, account } = Stack.of(scope);
  endpoint.addToPolicy(
    new PolicyStatement({
      sid: 'InvokeOwnApis',
      principals: [new AnyPrincipal()],
      actions: ['execute-api:Invoke'],
      // Not the one API: it names the endpoint, so the endpoint cannot name it. The API's own policy says the rest.
      resources: [`arn:${partition}:execute-api:${region}:${account}:*`],
    }),
  );
  return endpoint;
}
