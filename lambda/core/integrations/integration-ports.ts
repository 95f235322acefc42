import type { IntegrationVersion } from './integration.ts';

/**
 * Every version of every integration, for ever. Methods reject with `IntegrationsUnavailableError` when the store cannot
 * answer: that is never the same as none.
 */
export interface IntegrationStore {
  /** The newest version, DELETED ones included; `undefined` when the name was never used. Consistent. */
  find(name: string): Promise<IntegrationVersion | undefined>;
  /**
   * Adds the version that follows the newest one.
   *
   * @returns `false` when that version is somebody else's: nothing was written then
   */
  append(version: IntegrationVersion): Promise<boolean>;
  /** Names, in order, all after `after`. DELETED ones are among them. */
  names(page: { readonly after?: string; readonly limit: number }): Promise<NamesPage>;
  /** Newest first, all before version `before`: what was, and who changed it. */
  history(
    name: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<readonly IntegrationVersion[]>;
}

export interface NamesPage {
  readonly names: readonly string[];
  /** Where the next page begins; `undefined` at the end. */
  readonly next?: string;
}

/** Takes an ExternalId for ever. */
export interface ExternalIdRegister {
  /**
   * Before the id is given to anybody: one that is reserved and never used is harmless.
   *
   * @param integration its name
   * @returns `false` when it was taken before, by whomever
   */
  reserve(externalId: string, integration: string): Promise<boolean>;
}

/** A new ExternalId: 128 random bits. */
export type NewExternalId = () => string;
