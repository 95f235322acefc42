import type { ControlAccess } from '../../lib/control-permissions.ts';

/** What `createTables` makes for the controls. */
export const controlTables = { controls: 'daypass-controls', quotas: 'daypass-quotas' } as const;

const toTableArn = (name: string) => `arn:aws:dynamodb:eu-west-1:111111111111:table/${name}`;

export const controlAccess: ControlAccess = {
  controlTableArn: toTableArn(controlTables.controls),
  quotaTableArn: toTableArn(controlTables.quotas),
};
