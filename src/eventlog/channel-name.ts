/**
 * Whether Agora takes this as a channel's name: 1 to 64 bytes of its character set. `.` and `..` are left out, since
 * a URL path can't carry them. Agora docs: channel name of joinChannel.
 */
export function isChannelName(name: unknown): name is string {
  return typeof name === "string" && /^[\w !#$%&()+\-:;<=.>?@[\]^{}|~,]{1,64}$/.test(name) && !/^\.\.?$/.test(name);
}
