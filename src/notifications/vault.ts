import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Keeps the endpoints' secrets, which must be at hand for signing, unreadable in the database. */
export interface Vault {
  /** @param endpointId - sealed for that endpoint: in another one's row it can't be opened */
  seal(endpointId: string, secret: string): string;
  /** @returns null if it can't be opened: it was sealed under another certificate, or isn't whole */
  open(endpointId: string, sealed: string): string | null;
}

const version = "v1";
const ivBytes = 12;
const tagBytes = 16;

/** @param appCertificate - the key is derived from it (HKDF-SHA256), so there is no further secret to keep */
export function createVault(appCertificate: string): Vault {
  const key = Buffer.from(hkdfSync("sha256", appCertificate, "", "tally notification secrets", 32));
  return {
    seal(endpointId, secret) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(endpointId));
      const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return `${version}.${Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64url")}`;
    },
    open(endpointId, sealed) {
      const [given, data = ""] = sealed.split(".");
      const bytes = Buffer.from(data, "base64url");
      if (given !== version || bytes.length <= ivBytes + tagBytes) return null;
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(endpointId)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      try {
        return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, "utf8") + decipher.final("utf8");
      } catch {
        return null;
      }
    },
  };
}

/** 32 random bytes (Standard Webhooks: 24 to 64), as its libraries take them. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}
