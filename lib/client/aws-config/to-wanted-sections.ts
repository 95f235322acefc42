import { ClientError } from '../client-error.ts';
import { isProfileName } from '../profile-name.ts';
import type { WantedSection } from './configure-sections.ts';
import { toProcessCommand } from './credential-process.ts';

/** Of a profile, as `GET /v1/profiles` has it: what matters here. */
export interface ConfigurableProfile {
  readonly name: string;
  readonly mechanism: string;
  readonly reasonRequired: boolean;
  /** There where the profile gives tokens signed by AWS, and no credentials. */
  readonly webIdentityToken?: object;
}

export interface WantedSectionsOptions {
  readonly profiles: readonly ConfigurableProfile[];
  /** Before each profile's name. */
  readonly prefix: string;
  /** What runs daypass. */
  readonly program: readonly string[];
  /** Where it isn't the one of the settings. */
  readonly broker?: string;
}

export interface WantedSections {
  readonly wanted: readonly WantedSection[];
  /** Profiles that no `credential_process` can have. */
  readonly passedOver: readonly { readonly profile: string; readonly reason: string }[];
}

/** In the order of their names, so that the file doesn't hang on the broker's. @throws ClientError */
export function toWantedSections({
  profiles,
  prefix,
  program,
  broker,
}: WantedSectionsOptions): WantedSections {
  // A line end in a name would begin settings of the broker's choice; of a section that is there twice the AWS CLI reads
  // nothing, nor of any other.
  const names = new Set(profiles.map(({ name }) => name));
  if (![...names].every(isProfileName) || names.size < profiles.length)
    throw new ClientError(
      'unavailable',
      'what answered is no broker: it names a profile that can be none, or one twice',
      {
        hint: 'check DAYPASS_URL',
      },
    );
  const sorted = [...profiles].sort((a, b) => (a.name < b.name ? -1 : 1));
  const passedOver = sorted.flatMap((profile) => {
    const reason = findReasonToPassOver(profile, prefix);
    return reason === undefined ? [] : [{ profile: profile.name, reason }];
  });
  const wanted = sorted
    .filter((profile) => findReasonToPassOver(profile, prefix) === undefined)
    .map(({ name: profile }) => ({
      name: `${prefix}${profile}`,
      profile,
      command: toBytes(toProcessCommand({ program, profile, ...(broker === undefined ? {} : { broker }) })),
    }));
  return { wanted, passedOver };
}

function findReasonToPassOver(
  { name, mechanism, reasonRequired, webIdentityToken }: ConfigurableProfile,
  prefix: string,
): string | undefined {
  if (webIdentityToken !== undefined)
    return `it gives tokens and no credentials: daypass web-identity-token ${name}`;
  if (reasonRequired) return `it asks for a reason each time: daypass credentials ${name} --reason …`;
  if (mechanism === 'saml') return 'it asks for a SAML assertion each time';
  return `${prefix}${name}` === 'default' ? 'the AWS CLI has a profile default of its own' : undefined;
}

/** A character for each byte of its UTF-8, as the file is read. */
const toBytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/** What `toBytes` was made of. */
export const fromBytes = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');
