const longestPrefix = 128;

/**
 * Folders in the form that Agora takes: letters and digits only, 128 characters with their slashes (Agora docs:
 * cloud-recording/rest-api/start). Two names may become the same folder; the files in it still differ, since Agora
 * names them by recording id.
 *
 * @param parts - names of folders, the outermost first
 */
export function fileNamePrefix(parts: readonly string[]): string[] {
  let left = longestPrefix;
  const folders: string[] = [];
  for (const part of parts) {
    const folder = part.replace(/[^A-Za-z0-9]/g, "").slice(0, Math.max(left - 1, 0));
    if (folder === "") continue;
    folders.push(folder);
    left -= folder.length + 1;
  }
  return folders;
}
