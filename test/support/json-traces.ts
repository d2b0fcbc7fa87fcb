/** Settings of traces that a receiver of tests can read, every one of them. */
export function jsonTraces(endpoint: string) {
  return {
    endpoint,
    protocol: "http/json",
    headers: {},
    serviceName: "tally",
    resource: {},
    sampler: "parentbased_always_on",
    ratio: 1,
  } as const;
}
