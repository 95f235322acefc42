/** Name of the stage variable that says which resource policy is in force: see `OwnApi.apiPolicyId`. */
export const apiPolicyVariable = 'apiPolicyId';
