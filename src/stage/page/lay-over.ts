/**
 * Lays an image over the picture, once it is there. One that can't be loaded is just not shown.
 *
 * @param root - what it is laid over
 * @param url - null for none
 */
export function layOver(root: HTMLElement, className: "logo" | "overlay", url: string | null): void {
  if (url === null || root.querySelector(`.${className}`) !== null) return;
  const image = new Image();
  image.className = className;
  image.alt = "";
  image.src = url;
  image.decode().then(
    () => {
      if (root.querySelector(`.${className}`) === null) root.append(image);
    },
    () => undefined,
  );
}
