import type { GatewayResponseType } from '../../lambda/http/gateway-responses.ts';

/** The gateway answers by itself, with a gateway response of this type. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
  readonly type: GatewayResponseType;
  /** API Gateway's own status, for the types of the table that keep it. */
  readonly status: number | undefined;

  /** @param reason for the log alone */
  constructor(type: GatewayResponseType, reason: string, status?: number) {
    super(reason);
    this.type = type;
    this.status = status;
  }
}
