import type { Admission } from '../../lambda/core/controls/admission.ts';

/** Nobody asked before, and nothing is suspended. */
export const openAdmission: Admission = {
  admit: async () => [],
  count: async () => {},
  findOwn: async () => [],
};
