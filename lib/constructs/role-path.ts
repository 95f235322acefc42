import { Aspects, type IAspect } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnRole, CfnUser } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Gives a path to what has none in IAM: the roles that CDK makes by itself, for API Gateway's logs or a delivery. */
export function addRolePath(scope: IConstruct, path: string): void {
  const aspect: IAspect = {
    visit: (node) => {
      if (node instanceof CfnRole || node instanceof CfnUser || node instanceof CfnManagedPolicy)
        node.path ??= path;
    },
  };
  Aspects.of(scope).add(aspect);
}
