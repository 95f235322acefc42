import type { Template } from '../../lambda/core/template.ts';

/** As it was written. */
export const toTemplateText = (template: Template): string =>
  template.map((part) => ('literal' in part ? part.literal : `\${${part.variable}}`)).join('');
