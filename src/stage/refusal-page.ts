/** What a browser is shown that may not open a stage: nothing that would spoil a film. The code is for those who look. */
export function refusalPage(code: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="dark">
<meta name="tally-code" content="${code}">
<title>Not on the air</title>
<p>Not on the air</p>
</html>
`;
}
