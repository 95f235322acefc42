import type { IamStatement } from '../permissions.ts';

/** Source: the managed policy AWSLambdaVPCAccessExecutionRole. */
const interfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * What Lambda takes from a function's role to put the function into a VPC, and the function itself may not use: its own
 * calls have the key, Lambda's have not. Source: Lambda guide, "Giving Lambda functions access to a VPC".
 */
export const networkStatements: readonly IamStatement[] = [
  {
    Sid: 'ManageNetworkInterfaces',
    Effect: 'Allow',
    Action: interfaceActions,
    // The interfaces are Lambda's, made and found by no name of ours; describing knows no other resource.
    Resource: '*',
  },
  {
    Sid: 'DenyNetworkInterfacesToCode',
    Effect: 'Deny',
    Action: interfaceActions,
    Resource: '*',
    Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
  },
];
