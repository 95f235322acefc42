/*
 * What `import … from 'daypass'` gives: the package's one entry, and the one file that only passes on. Each capability is
 * a construct of its own as well, as `daypass/constructs/<file>`. Nothing of the repository imports this.
 */
export { ConfigurationError } from '../lambda/core/configuration-error.ts';
export { type ConfigurationFile, readConfigurationFile } from './config.ts';
export { BrokeredRole, type BrokeredRoleProps } from './constructs/brokered-role.ts';
export { Daypass } from './constructs/daypass.ts';
export type { DaypassProps } from './constructs/daypass-props.ts';
export { DaypassStack, type DaypassStackProps } from './daypass-stack.ts';
