import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ManagedPolicy, PolicyDocument, PolicyStatement, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IDependable } from 'constructs';
import type { Configuration, Deployment } from '../../lambda/core/configuration.ts';
import { toRolePath } from '../../lambda/core/function-roles.ts';
import { rotationDays } from '../../lambda/core/is-rotation-overdue.ts';
import { deactivationEvent } from '../../lambda/core/rotation-event.ts';
import {
  createFederatorPolicies,
  type FederatorStatement,
  toFederatorUserNames,
} from '../federator-policies.ts';
import { firstSecretValue, toFederatorSecretPolicy } from '../federator-secret.ts';

export interface FederatorUserProps {
  readonly configuration: Configuration;
}

/**
 * The IAM user who asks for federation tokens, and the secret that holds its key. A deployment has one region, which the
 * user's name holds: no key is shared between two, and the secret has no replicas. No key is ever in the template: the
 * rotation function makes the first one.
 *
 * When the last profile that needs it goes, the policies and the secret go: no policy allows the key or a session
 * anything then. The user itself stays, because CloudFormation can't delete one with keys that
 * it didn't make; an operator deletes it before a profile needs a federator again.
 */
export class FederatorUser extends Construct {
  readonly user: User;
  readonly secret: Secret;
  /** As it is written, not a reference: whoever is told it need not wait for the user. */
  readonly userName: string;
  private readonly path: string;
  private readonly policies: readonly ManagedPolicy[];

  constructor(scope: Construct, id: string, { configuration }: FederatorUserProps) {
    super(scope, id);
    const { deployment } = configuration;
    this.path = toRolePath(deployment);
    this.userName = toFederatorUserNames(deployment).name;
    this.user = new User(this, 'User', { userName: this.userName, path: this.path });
    // A deployment that fails before the first rotation takes its user with it: the next one needs the name.
    this.user.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.policies = createFederatorPolicies(configuration).map((statements, index) =>
      this.addPolicy(statements, index),
    );
    this.secret = this.createSecret(deployment);
  }

  /** Attached from the policy's side, so that it's taken from a user that stays. */
  private addPolicy(statements: readonly FederatorStatement[], index: number): ManagedPolicy {
    const policy = new ManagedPolicy(this, `Permissions${index}`, {
      path: this.path,
      users: [this.user],
      document: new PolicyDocument({
        minimize: false,
        statements: statements.map((statement) => PolicyStatement.fromJson(statement)),
      }),
    });
    for (const [finding, reason] of toFindings(statements)) {
      Validations.of(policy).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
    }
    return policy;
  }

  private createSecret(deployment: Deployment): Secret {
    const secret = new Secret(this, 'Secret', {
      // No name of its own: one that's deleted keeps its name for days.
      description: "Daypass: the federator's access key",
      // The account's key for Secrets Manager, which the policy below makes as narrow as one of our own would be.
      generateSecretString: {
        secretStringTemplate: JSON.stringify(firstSecretValue),
        generateStringKey: 'unused',
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const statement of toFederatorSecretPolicy(deployment).Statement) {
      secret.addToResourcePolicy(PolicyStatement.fromJson(statement));
    }
    return secret;
  }

  /**
   * Has the function make a new key every 30 days, the first one at once, and put the one before out of use an hour later.
   *
   * @param rest all else that a deployment can fail at: a user with a key cannot be taken away again
   */
  rotateBy(rotation: IFunction, rest: readonly IDependable[]): void {
    const { account } = Stack.of(this);
    rotation.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceArn: this.secret.secretArn,
      sourceAccount: account,
    });
    const schedule = new CfnRotationSchedule(this, 'Rotation', {
      secretId: this.secret.secretArn,
      rotationLambdaArn: rotation.functionArn,
      rotationRules: { automaticallyAfterDays: rotationDays },
      rotateImmediatelyOnUpdate: true,
    });
    // The first rotation begins as soon as there's a schedule: by then the function must be allowed to do all of it,
    // and the user's key to do what it's for.
    schedule.node.addDependency(rotation, this.secret, ...this.policies, ...rest);
    new Rule(this, 'PreviousKey', {
      description: 'Daypass: puts the key before the current one out of use',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [
        new LambdaFunction(rotation, {
          event: RuleTargetInput.fromObject(deactivationEvent),
          // The next hour's comes anyway.
          retryAttempts: 2,
          maxEventAge: Duration.minutes(30),
        }),
      ],
    });
  }
}

/** The wildcards of the Allow statements, as cdk-nag names them, and why they may be there. */
function toFindings(statements: readonly FederatorStatement[]): ReadonlyMap<string, string> {
  const findings = statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Sid, Action = [], Resource = [] }) => {
      const reason =
        Sid === 'Federate'
          ? 'The resource is the federated user to be, and its name is a new one with each issuance'
          : "Of a profile's session policy, for federated sessions alone; each session has that policy itself too, rendered for its caller";
      return [
        ...Action.map((action) => [`Action::${action}`, reason] as const),
        ...[Resource].flat().map((resource) => [`Resource::${resource}`, reason] as const),
      ];
    });
  return new Map(findings.filter(([finding]) => finding.includes('*')));
}
