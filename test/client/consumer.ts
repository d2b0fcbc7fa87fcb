import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import ts from "typescript";

const run = promisify(execFile);
const checkout = fileURLToPath(new URL("../../", import.meta.url));
/** What npm would install beside the client, or an app has itself. */
const installed = [
  ...["eventsource-parser", "openapi-fetch", "openapi-typescript-helpers"],
  ...["@trpc/client", "@trpc/server"],
];

/** An app that has `@tally/client` as npm installs it: its packed files, and nothing of the checkout. */
export interface Consumer {
  folder: string;
  /** The files of the package. */
  packed: string[];
  /** Compiles the app with its own settings. @returns the errors, in words */
  compile: (changed?: ts.CompilerOptions) => string[];
  /** Replaces a file of the app. */
  write: (name: string, text: string) => Promise<void>;
  /** Runs a compiled file with Node. @returns what it printed */
  run: (name: string, ...args: string[]) => Promise<string>;
  remove: () => Promise<void>;
}

/** @param files - the app's modules, by their names */
export async function installConsumer(files: Readonly<Record<string, string>>): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), "tally-consumer-"));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await write("package.json", JSON.stringify({ name: "shop", private: true, type: "module" }));
  const packed = await installPacked(folder);
  for (const name of installed) {
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(checkout, "node_modules", name), link);
  }
  for (const [name, text] of Object.entries(files)) await write(name, text);

  return {
    folder,
    packed,
    write,
    compile(changed = {}) {
      const options: ts.CompilerOptions = {
        strict: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        // tRPC's own types name what can be disposed of.
        lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
        types: [],
        skipLibCheck: true,
        ...changed,
      };
      const program = ts.createProgram(
        Object.keys(files).map((name) => join(folder, name)),
        options,
      );
      const { diagnostics } = program.emit();
      return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(
        ({ file, messageText }) => `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      );
    },
    async run(name, ...args) {
      const { stdout } = await run(process.execPath, [join(folder, name), ...args], { cwd: folder });
      return stdout;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Packs the built client, and puts it where npm does. */
async function installPacked(folder: string): Promise<string[]> {
  const client = join(checkout, "packages/client");
  const { stdout } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: client,
    env: { ...process.env, npm_config_offline: "true", npm_config_update_notifier: "false" },
  });
  const [archive] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  const into = join(folder, "node_modules/@tally/client");
  await mkdir(into, { recursive: true });
  await run("tar", ["-xzf", join(folder, archive.filename), "-C", into, "--strip-components=1"]);
  return archive.files.map(({ path }) => path);
}
