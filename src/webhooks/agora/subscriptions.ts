/** Notifications of one of Agora's products that Tally does something with. */
export interface AgoraSubscription {
  /** As Agora's console calls it. */
  product: string;
  /** What types of its events begin with. */
  prefix: "rtc" | "recording" | "push";
  when: string;
  events: readonly number[];
  /** For some installations only. */
  optional: readonly number[];
}

/** What to subscribe to in Agora's console; the names are in `eventTypes`. */
export const agoraSubscriptions: readonly AgoraSubscription[] = [
  {
    product: "RTC channel events",
    prefix: "rtc",
    when: "always; 107 and 108 for old SDKs or the communication profile",
    events: [101, 102, 103, 104, 105, 106, 111, 112],
    optional: [107, 108],
  },
  {
    product: "Cloud Recording",
    prefix: "recording",
    when: "always, unless every channel is carried by Media Push",
    events: [1, 2, 3, 11, 12, 30, 31, 32, 70, 71, 72, 73, 100],
    optional: [],
  },
  {
    product: "Media Push (REST)",
    prefix: "push",
    when: "if a channel is carried by Media Push",
    events: [1, 2, 3, 4],
    optional: [],
  },
];
