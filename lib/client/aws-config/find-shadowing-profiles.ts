/**
 * Which of the profiles have keys in the shared credentials file: SDKs take those, and never run a `credential_process`
 * of the same profile.
 *
 * @param text of the file
 */
export function findShadowingProfiles(text: string, names: readonly string[]): readonly string[] {
  const sections = text.split(/^(?=[ \t]*\[)/m).flatMap((section) => {
    const name = /^[ \t]*\[[ \t]*(?:profile[ \t]+)?["']?([^\]"']+?)["']?[ \t]*\]/.exec(section)?.[1];
    return name !== undefined && /^[ \t]*aws_access_key_id[ \t]*[=:]/im.test(section) ? [name] : [];
  });
  return names.filter((name) => sections.includes(name));
}
