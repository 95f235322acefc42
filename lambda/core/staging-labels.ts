/** Secrets Manager's own labels. */
export const currentStage = 'AWSCURRENT';
export const pendingStage = 'AWSPENDING';
export const previousStage = 'AWSPREVIOUS';

/** Ours, of the version whose key passed its test: finishSecret makes no other key current. */
export const testedStage = 'DAYPASS_TESTED';
