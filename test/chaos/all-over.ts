/**
 * As `Promise.all`, but waits for all of them also when one fails, so that nothing goes on unseen.
 *
 * @throws what the first that failed was rejected with
 */
export async function allOver<T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [Key in keyof T]: Awaited<T[Key]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
