/** What oidc-provider hands over to be kept. It looks at `exp` itself, and says of what is over that it is over. */
interface Payload {
  readonly uid?: string;
  readonly userCode?: string;
  readonly grantId?: string;
  readonly consumed?: number;
}

/** oidc-provider's storage contract, for one of its models. */
export interface Adapter {
  upsert(id: string, payload: Payload): Promise<void>;
  find(id: string): Promise<Payload | undefined>;
  findByUid(uid: string): Promise<Payload | undefined>;
  findByUserCode(userCode: string): Promise<Payload | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** Of one model: the oldest goes first. More sign-ins than anybody has open on one machine. */
const maxRows = 1000;

/**
 * Sign-ins of one issuer, for as long as the process runs: after a restart everybody signs in anew.
 *
 * @param now epoch milliseconds
 */
export const createBoundedAdapter = (now: () => number) => (): Adapter => {
  const rows = new Map<string, Payload>();
  const findBy = (member: 'uid' | 'userCode', value: string) =>
    [...rows.values()].find((row) => row[member] === value);
  return {
    upsert: async (id, payload) => {
      rows.delete(id);
      rows.set(id, payload);
      for (const [oldest] of rows) {
        if (rows.size <= maxRows) break;
        rows.delete(oldest);
      }
    },
    find: async (id) => rows.get(id),
    findByUid: async (uid) => findBy('uid', uid),
    findByUserCode: async (userCode) => findBy('userCode', userCode),
    consume: async (id) => {
      const row = rows.get(id);
      if (row !== undefined) rows.set(id, { ...row, consumed: Math.floor(now() / 1000) });
    },
    destroy: async (id) => {
      rows.delete(id);
    },
    revokeByGrantId: async (grantId) => {
      for (const [id, row] of rows) if (row.grantId === grantId) rows.delete(id);
    },
  };
};
