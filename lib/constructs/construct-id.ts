/** `integration-issuer` to `IntegrationIssuer`, `default_4xx` to `Default4xx`: ids never change after a release. */
export const toConstructId = (name: string): string =>
  name.replace(/(?:^|[-_])(\w)/g, (_, letter: string) => letter.toUpperCase());
