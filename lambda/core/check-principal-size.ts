import { maxPrincipalBytes, type Principal } from './principal.ts';

/** @param refuse called with the detail when the principal is larger than can be carried */
export function checkPrincipalSize(principal: Principal, refuse: (detail: string) => never): void {
  const bytes = Buffer.byteLength(JSON.stringify(principal));
  if (bytes > maxPrincipalBytes) {
    refuse(`the principal has ${bytes} bytes of at most ${maxPrincipalBytes}; list fewer or narrower claims`);
  }
}
