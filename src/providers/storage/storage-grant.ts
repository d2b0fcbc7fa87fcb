import { Secret } from "../secret.ts";

/** `storageConfig` of a start or an update (Agora docs: cloud-recording/rest-api/start). */
export interface StorageTarget {
  vendor: number;
  region: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** With keys that expire. */
  stsToken?: string;
  /** Unix seconds, since that is what Agora takes. */
  stsExpiration?: number;
  fileNamePrefix: string[];
  extensionParams?: { endpoint: string };
}

/** Leave to write one session's files into the storage, in the form in which Agora takes it. Holds the keys. */
export class StorageGrant extends Secret<StorageTarget> {
  /** Until when the keys are good, milliseconds since 1970; null if they don't expire. */
  get until(): number | null {
    const { stsExpiration } = this.reveal();
    return stsExpiration === undefined ? null : stsExpiration * 1000;
  }

  /** What must be in no log and no error. */
  get secrets(): string[] {
    const { accessKey, secretKey, stsToken } = this.reveal();
    return [accessKey, secretKey, ...(stsToken === undefined ? [] : [stsToken])];
  }
}
