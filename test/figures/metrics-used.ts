/** The metrics that alert rules ask for. */
export function metricsOfRules(yaml: string): string[] {
  return metricsIn(
    yaml
      .split("\n")
      .filter((line) => !/^\s*(#|summary|description)/.test(line))
      .join("\n"),
  );
}

/** The metrics that a dashboard's panels ask for. @throws if it isn't one */
export function metricsOfDashboard(json: string): string[] {
  const { panels } = JSON.parse(json) as { panels: { targets?: { expr: string }[] }[] };
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  if (queries.length === 0) throw new Error("the dashboard has no panel that asks for anything");
  return metricsIn(queries.join("\n"));
}

function metricsIn(text: string): string[] {
  return [...new Set(text.match(/\b(?:tally|nodejs|process)_\w+/g) ?? [])];
}
