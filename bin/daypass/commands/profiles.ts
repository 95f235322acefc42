import { Command } from 'commander';
import type * as z from 'zod';
import type { profilesAnswer } from '../../../lambda/http/credential-schemas.ts';
import { connect } from '../../../lib/client/connect.ts';
import { readJson } from '../../../lib/client/read-json.ts';
import { createRender, toJsonOption } from '../print-list.ts';
import type { Column } from '../render-table.ts';
import { toSpanText } from '../span-text.ts';
import type { Terminal } from '../terminal.ts';

type ProfilesAnswer = z.output<typeof profilesAnswer>;
type ProfileView = ProfilesAnswer['profiles'][number];

/** `daypass profiles` */
export const createProfilesCommand = (terminal: Terminal): Command =>
  new Command('profiles')
    .summary('the profiles that you may use')
    .description('The profiles that you may use from where you are, with what each gives and asks for.')
    .addOption(toJsonOption())
    .addHelpText(
      'after',
      `
Examples:
  daypass profiles
  daypass profiles | cut -f 1
  daypass profiles --json | jq -r 'select(.console) | .name'

Lines for programs have name, default duration, longest duration (both in seconds), what it asks for or offers
(reason, console, web-identity-token, tags), role, description, parted by tabs.`,
    )
    .action(async (options: { readonly json?: true }) => {
      const client = await connect(terminal.env, terminal);
      const answer = await client.call({ method: 'GET', path: '/v1/profiles', signal: terminal.signal });
      const { profiles } = readJson<ProfilesAnswer>(answer, ['profiles']);
      terminal.print(createRender({ ...options, columns: toColumns(terminal) }, terminal)(profiles));
      if (profiles.length === 0) terminal.note('there is no profile that you may use from here');
    });

const toColumns = ({ printsForPeople }: Terminal): readonly Column<ProfileView>[] => {
  const toTime = (seconds: number) => (printsForPeople ? toSpanText(seconds) : seconds);
  return [
    { heading: 'PROFILE', value: ({ name }) => name },
    { heading: 'TIME', value: ({ duration }) => toTime(duration.defaultSeconds), align: 'right' },
    { heading: 'UP TO', value: ({ duration }) => toTime(duration.maxSeconds), align: 'right' },
    { heading: 'WITH', value: (profile) => toFeatures(profile).join(', ') },
    {
      heading: 'ACCOUNT',
      value: ({ roleArn }) => (printsForPeople ? roleArn?.split(':')[4] : roleArn),
    },
    { heading: 'DESCRIPTION', value: ({ description }) => description, shrinks: true },
  ];
};

const toFeatures = (profile: ProfileView): readonly string[] => [
  ...(profile.reasonRequired ? ['reason'] : []),
  ...(profile.console ? ['console'] : []),
  ...(profile.webIdentityToken === undefined ? [] : ['web-identity-token']),
  ...(profile.acceptedTagKeys.length === 0 ? [] : [`tags ${profile.acceptedTagKeys.join(' ')}`]),
];
