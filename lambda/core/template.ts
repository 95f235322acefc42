export type Template = readonly TemplatePart[];
export type TemplatePart = { readonly literal: string } | { readonly variable: string };
