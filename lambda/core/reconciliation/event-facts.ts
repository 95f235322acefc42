import { type IssuanceName, parseSessionArn, parseSessionName } from './session-name.ts';
import type { Sighting } from './sighting.ts';
import type { TrailEvent } from './trail-event.ts';

/** A key that was given outweighs an error that is told. */
export const isGranted = ({ errorCode, granted }: TrailEvent): boolean =>
  errorCode === undefined || granted?.accessKeyId !== undefined;

/** Of the session asked for, and of the session that asks. */
export interface EventNames {
  readonly name?: IssuanceName | undefined;
  readonly callerName?: IssuanceName | undefined;
}

export function toNames({ requested, caller }: TrailEvent): EventNames {
  const asked = requested?.roleSessionName ?? requested?.name;
  const session = parseSessionArn(caller.arn ?? '');
  return {
    name: asked === undefined ? undefined : parseSessionName(asked),
    callerName: session === undefined ? undefined : parseSessionName(session.sessionName),
  };
}

/** What the row keeps of it. */
export function toSighting(event: TrailEvent): Sighting {
  const { eventId, sharedEventId, eventTime, eventName, region, recipientAccountId, requestId } = event;
  const errorCode = isGranted(event) ? undefined : event.errorCode;
  const accessKeyId = event.granted?.accessKeyId;
  return {
    ...{ eventId, eventTime, eventName, region, accountId: recipientAccountId },
    ...(sharedEventId === undefined ? {} : { sharedEventId }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(accessKeyId === undefined ? {} : { accessKeyId }),
    ...(errorCode === undefined ? {} : { errorCode }),
  };
}
