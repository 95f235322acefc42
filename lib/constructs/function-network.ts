import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { FunctionNetwork } from './broker-function.ts';

/** With a security group for all functions in `scope` where none is given: CDK would make one for each, open outwards. */
export function toFunctionNetwork(scope: Construct, network: FunctionNetwork): FunctionNetwork {
  if (network.securityGroups !== undefined && network.securityGroups.length > 0) return network;
  const group = new SecurityGroup(scope, 'FunctionSecurityGroup', {
    vpc: network.vpc,
    description: 'Daypass: its functions',
    allowAllOutbound: false,
  });
  group.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'AWS and the issuers');
  return { ...network, securityGroups: [group] };
}
