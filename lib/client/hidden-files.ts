import { readFileSync } from 'node:fs';
import { devNull, homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings by which SDKs get credentials from a profile. */
const givesCredentials =
  /^\s*(aws_access_key_id|credential_process|credential_source|role_arn|source_profile|sso_\w+|login_session|web_identity_token_file)\s*=/im;

/**
 * Variables that hide files of the AWS configuration whose default profile gives credentials: every SDK takes those
 * before it asks a container's address.
 */
export function toHiddenFiles(env: Environment): Readonly<Record<string, string>> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const files = [
    ['AWS_CONFIG_FILE', join(home, '.aws', 'config')],
    ['AWS_SHARED_CREDENTIALS_FILE', join(home, '.aws', 'credentials')],
  ] as const;
  return Object.fromEntries(
    files.flatMap(([variable, usual]) =>
      givesCredentials.test(readDefaultSection(env[variable] || usual)) ? [[variable, devNull]] : [],
    ),
  );
}

/** The lines of `[default]` and `[profile default]`, wherever they stand. */
function readDefaultSection(file: string): string {
  return readText(file)
    .split(/^(?=\s*\[)/m)
    .filter((section) => /^\s*\[\s*(profile\s+)?["']?default["']?\s*\]/.test(section))
    .join('\n');
}

/** What this process can't read the child can't either. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
