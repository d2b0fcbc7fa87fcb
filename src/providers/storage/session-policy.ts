/**
 * What temporary keys may do, whatever else their role may: write the files of one session. Agora asks for no more than
 * to write (Agora docs: `accessKey`); large files go up in parts.
 *
 * @param roleArn - names the partition: `aws`, in China `aws-cn`
 * @param folders - of the session
 * @returns JSON, far below the 2,048 characters that STS takes
 */
export function sessionPolicy(roleArn: string, bucket: string, folders: readonly string[]): string {
  const partition = /^arn:(aws[\w-]*):/.exec(roleArn)?.[1] ?? "aws";
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: [`arn:${partition}:s3:::${[bucket, ...folders].join("/")}/*`],
      },
    ],
  });
}
