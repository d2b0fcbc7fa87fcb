import { BlockList, isIP } from "node:net";

/** The addresses from which Agora says that it sends. */
export interface AgoraSenders {
  /** Everybody's, as long as Agora's word isn't known. */
  include(address: string | undefined): boolean;
  /**
   * Takes Agora's word.
   *
   * @param addresses - IPv4 or IPv6; what is neither is left out
   * @returns how many were taken; if none is an address, the list stays as it was
   */
  replace(addresses: readonly string[]): number;
}

export function createAgoraSenders(): AgoraSenders {
  let list: BlockList | null = null;
  return {
    include(address) {
      if (list === null) return true;
      // An IPv4 client of a server that listens on `::` is `::ffff:203.0.113.7`, which a BlockList holds to be the same.
      return isAddress(address) && list.check(address, familyOf(address));
    },
    replace(addresses) {
      const usable = addresses.filter(isAddress);
      if (usable.length === 0) return 0;
      const fresh = new BlockList();
      for (const address of usable) fresh.addAddress(address, familyOf(address));
      list = fresh;
      return usable.length;
    },
  };
}

/** Not one with a zone (`fe80::1%eth0`), which a BlockList doesn't take. */
function isAddress(text: string | undefined): text is string {
  return text !== undefined && isIP(text) !== 0 && !text.includes("%");
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
