import { KMSClient } from '@aws-sdk/client-kms';
import { createJoseTokenVerifier } from '../../lambda/adapters/jose-token-verifier.ts';
import { createFetchKmsKeys } from '../../lambda/adapters/kms-token-signer.ts';
import { createAuthenticate } from '../../lambda/core/authenticate.ts';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { toBrokerIssuer } from '../../lambda/core/token-issuer.ts';
import { type AuthorizerResult, createAuthorizer } from '../../lambda/http/authorizer.ts';
import { apiId, stage } from '../support/authorizer-event.ts';
import { aRecordingLogger } from '../support/recording-logger.ts';
import type { AttackWorld } from './attack-world.ts';
import { type Attempted, toAttempt, type Verdict } from './attempt.ts';

export interface SourceAuthorizer {
  attempt(row: Attempted): Promise<Verdict>;
  /** What API Gateway would get; rejects where the token is refused. */
  authorize(row: Attempted): Promise<AuthorizerResult>;
  /** Every URL that was fetched, and `kms` for each call of KMS. */
  readonly fetched: readonly string[];
  readonly logger: ReturnType<typeof aRecordingLogger>;
}

/** Makes authorizers as their function composes them, each at its cold start. */
export function createSourceAuthorizers(world: AttackWorld) {
  const { issuers } = parseConfiguration(world.document);
  const broker = toBrokerIssuer(world.brokerUrl);
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  const client = new KMSClient({ region: 'eu-west-1', endpoint: world.kms.url, credentials });
  const fetchKeys = createFetchKmsKeys({ client, keyArn: world.kms.keyArn, timeoutMs: 2000 });

  const start = (now: () => number = Date.now): SourceAuthorizer => {
    const fetched: string[] = [];
    const logger = aRecordingLogger();
    const verifier = createJoseTokenVerifier({
      issuers,
      broker: {
        issuer: broker,
        fetchKeys: () => {
          fetched.push('kms');
          return fetchKeys();
        },
      },
      fetch: (input, init) => {
        fetched.push(String(input));
        return fetch(input, init);
      },
      now,
      logger,
    });
    const authenticate = createAuthenticate({ issuers, broker, verifier, now });
    const handler = createAuthorizer({ apiId, stage, authenticate, logger });
    const authorize = async (row: Attempted) => handler(toAttempt(row, world).event);
    const attempt = async (row: Attempted) => {
      const answer = await authorize(row).then(
        () => 'accepted',
        (error: Error) => error.message,
      );
      const { reason, issuer } = logger.entries.at(-1)?.fields ?? {};
      return { answer, reason, issuer };
    };
    return { attempt, authorize, fetched, logger };
  };
  return { start, close: () => client.destroy() };
}
