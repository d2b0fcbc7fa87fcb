import type { CallError } from "../call-error.ts";
import type { ObserverDeps } from "../call-record.ts";
import type { CallOptions } from "../provider-call.ts";
import { createRoleAssumer, type RoleAssumer, type RoleSettings } from "./assume-role.ts";
import { fileNamePrefix } from "./file-name-prefix.ts";
import { sessionPolicy } from "./session-policy.ts";
import { StorageGrant, type StorageTarget } from "./storage-grant.ts";

/** Where recordings are written to, and by which keys. */
export interface StorageSettings {
  /** Agora's number: 1 S3, 2 Alibaba, 3 Tencent, 5 Azure, 6 Google, 7 Huawei, 8 Baidu, 11 any other S3. */
  vendor: number;
  /** Agora's number, per vendor. */
  region: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** Only with vendor 11, and then required. */
  endpoint: string | null;
  /** First folder of every recording. */
  prefix: string | null;
  /** The keys only assume this role, and Agora gets its temporary ones; null: Agora gets the keys themselves. */
  sts: Omit<RoleSettings, "accessKey" | "secretKey"> | null;
}

export type GrantResult =
  | { ok: true; grant: StorageGrant }
  /** `final`: trying again cannot help. */
  | { ok: false; final: boolean; retryAfterMs: number | null; error: CallError };

export interface RecordingStorage {
  /**
   * Leave to write the files of one session of a channel, into folders of its own. With a role every call gives new
   * keys; without, it makes none.
   */
  grant(of: { channelId: number; session: number }, options?: CallOptions): Promise<GrantResult>;
  /** Closes idle connections. */
  close(): void;
}

/** Agora's number for "any other S3", which alone takes an endpoint. */
const otherS3 = 11;

/**
 * @param settings - null if no storage is configured: then nothing is granted
 * @throws if the storage needs an endpoint and has none
 */
export function createRecordingStorage(settings: StorageSettings | null, deps: ObserverDeps): RecordingStorage {
  if (settings === null) return { grant: () => Promise.resolve(noStorage), close: () => undefined };
  if (settings.vendor === otherS3 && !settings.endpoint) {
    throw new Error(`Storage vendor ${otherS3} needs its endpoint: set AGORA_STORAGE_ENDPOINT`);
  }
  const { accessKey, secretKey, sts, bucket } = settings;
  const role = sts === null ? null : { ...sts, assumer: createRoleAssumer({ ...sts, accessKey, secretKey }, deps) };
  return {
    async grant(of, options) {
      const folders = sessionFolders(settings.prefix, of);
      if (role === null) return granted(settings, folders, { accessKey, secretKey });
      const policy = sessionPolicy(role.roleArn, bucket, folders);
      return grantByRole(settings, folders, role.assumer, { sessionName: sessionName(of), policy }, options);
    },
    close: () => role?.assumer.close(),
  };
}

/** The folders below the bucket that hold the files of one session, the outermost first. */
export function sessionFolders(prefix: string | null, of: { channelId: number; session: number }): string[] {
  return fileNamePrefix([...(prefix ?? "").split("/"), String(of.channelId), String(of.session)]);
}

async function grantByRole(
  settings: StorageSettings,
  folders: string[],
  assumer: RoleAssumer,
  request: Parameters<RoleAssumer["assume"]>[0],
  options: CallOptions | undefined,
): Promise<GrantResult> {
  const answer = await assumer.assume(request, options);
  if (!answer.ok) return { ...answer, retryAfterMs: null };
  const { accessKey, secretKey, sessionToken, until } = answer.keys;
  const stsExpiration = Math.floor(until / 1000);
  return granted(settings, folders, { accessKey, secretKey, stsToken: sessionToken, stsExpiration });
}

type Keys = Pick<StorageTarget, "accessKey" | "secretKey" | "stsToken" | "stsExpiration">;

function granted({ vendor, region, bucket, endpoint }: StorageSettings, folders: string[], keys: Keys): GrantResult {
  const extensionParams = vendor === otherS3 && endpoint !== null ? { extensionParams: { endpoint } } : {};
  const target = { vendor, region, bucket, ...keys, fileNamePrefix: folders, ...extensionParams };
  return { ok: true, grant: new StorageGrant(target) };
}

/** Who it is, in AWS's own log of calls: 2 to 64 letters, digits and `_+=,.@-` (AWS STS: AssumeRole). */
function sessionName({ channelId, session }: { channelId: number; session: number }): string {
  return `tally-${channelId}-${session}`;
}

const noStorage: GrantResult = {
  ok: false,
  final: true,
  retryAfterMs: null,
  error: {
    provider: "storage",
    operation: "grant_storage",
    status: null,
    code: null,
    message: "no storage is configured: set AGORA_CLOUD_RECORDING_VENDOR and AGORA_STORAGE_*, or use media-push",
  },
};
