import { Command, InvalidArgumentError, Option } from 'commander';
import { ClientError } from '../../../lib/client/client-error.ts';
import { askHidden } from '../ask.ts';
import { type CredentialFormat, credentialFormats } from '../credential-formats.ts';
import { parseDuration } from '../parse-duration.ts';
import type { Terminal } from '../terminal.ts';

interface SessionTokenOptions {
  readonly mfaSerial: string;
  readonly code?: string;
  readonly duration?: number;
  readonly awsProfile?: string;
  readonly reason?: string;
  readonly format: CredentialFormat;
}

/** `daypass session-token` */
export const createSessionTokenCommand = (terminal: Terminal): Command =>
  new Command('session-token')
    .summary('a session with MFA of your own IAM user')
    .description(
      'A GetSessionToken of your own IAM user, with the code of its MFA device: signed on this machine with the long-term key, relayed and recorded by the broker, which never sees the key.',
    )
    .requiredOption('--mfa-serial <serial>', "the device's ARN, or the serial number of a hardware device")
    .option('--code <code>', 'the six digits that it shows; asked for when left out', parseCode)
    .option(
      '--duration <duration>',
      '15m–36h, as far as the broker lets it be; 12 h when left out',
      parseDuration,
    )
    .option(
      '--aws-profile <name>',
      'of the AWS configuration; its own way of finding credentials when left out',
    )
    .option('--reason <text>', 'kept in the audit')
    .addOption(
      new Option('--format <format>', 'how to print it')
        .choices(Object.keys(credentialFormats))
        .default('env'),
    )
    .addHelpText('after', examples)
    .action(async (options: SessionTokenOptions) => {
      const code = options.code ?? requireCode(await askHidden('MFA code:', '--code', terminal));
      const { fetchSessionToken } = await import('../../../lib/client/fetch-session-token.ts');
      const credentials = await fetchSessionToken({
        ...{ env: terminal.env, now: terminal.now, signal: terminal.signal, note: terminal.note },
        ...{ mfaSerial: options.mfaSerial, code },
        ...(options.duration === undefined ? {} : { durationSeconds: options.duration }),
        ...(options.awsProfile === undefined ? {} : { awsProfile: options.awsProfile }),
        ...(options.reason === undefined ? {} : { reason: options.reason }),
      });
      terminal.print(credentialFormats[options.format](credentials, 'daypass-session'));
      terminal.note(`issuance ${credentials.issuanceId}`);
    });

const codeAllowed = 'the six digits that the device shows';

function parseCode(text: string): string {
  if (/^[0-9]{6}$/.test(text)) return text;
  throw new InvalidArgumentError(`allowed: ${codeAllowed}`);
}

function requireCode(text: string): string {
  const code = text.replaceAll(' ', '');
  if (/^[0-9]{6}$/.test(code)) return code;
  throw new ClientError('usage', `that is no code; allowed: ${codeAllowed}`);
}

const examples = `
Examples:
  eval "$(daypass session-token --mfa-serial arn:aws:iam::222222222222:mfa/alice)"
  daypass session-token --mfa-serial arn:aws:iam::222222222222:mfa/alice --code 123456 --duration 1h --format json

Each code does once: wait for the next one after a failure.`;
