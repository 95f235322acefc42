/** A bucket of the world: whose it is. */
export interface BucketSettings {
  readonly name: string;
  readonly accountId: string;
}

/**
 * Objects, in memory alone: a trail's hold session tokens, which go to no disk here.
 */
export interface BucketStore {
  /** `undefined` when there is no such bucket. */
  owner(bucketName: string): string | undefined;
  find(bucketName: string, key: string): Buffer | undefined;
  put(bucketName: string, key: string, content: Buffer): void;
}

/** Bytes of all objects: a bound on memory. The oldest go first. */
const maximumBytes = 64 * 1024 * 1024;

export function createBucketStore(buckets: readonly BucketSettings[]): BucketStore {
  const owners = new Map(buckets.map(({ name, accountId }) => [name, accountId]));
  const objects = new Map<string, Buffer>();
  let bytes = 0;
  const remove = (place: string): void => {
    bytes -= objects.get(place)?.length ?? 0;
    objects.delete(place);
  };
  return {
    owner: (bucketName) => owners.get(bucketName),
    find: (bucketName, key) => objects.get(`${bucketName}/${key}`),
    put: (bucketName, key, content) => {
      if (!owners.has(bucketName)) throw new TypeError(`there is no bucket ${bucketName}`);
      const place = `${bucketName}/${key}`;
      remove(place);
      objects.set(place, content);
      bytes += content.length;
      for (const oldest of objects.keys()) {
        if (bytes <= maximumBytes || oldest === place) break;
        remove(oldest);
      }
    },
  };
}
