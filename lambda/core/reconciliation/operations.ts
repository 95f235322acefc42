/** Operations of STS that give nobody anything that lasts. Whatever is not named here gives a session, until it is known better. */
const harmless = new Set(['GetCallerIdentity', 'GetAccessKeyInfo']);

/** As harmless, but each has its row, which knows the request's id. */
const decoding = 'DecodeAuthorizationMessage';

export const isHarmless = (eventName: string): boolean => harmless.has(eventName);

export const isDecoding = (eventName: string): boolean => eventName === decoding;
