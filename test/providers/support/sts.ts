import type { Respond } from "./http-server.ts";

/** STS gives the keys of a role, good until then. */
export function assumedRole(end: string): Respond {
  return xml(
    200,
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
      <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/x/y</Arn><AssumedRoleId>A:y</AssumedRoleId></AssumedRoleUser>
      <Credentials><AccessKeyId>ASIATEMPORARY</AccessKeyId><SecretAccessKey>temporary/secret</SecretAccessKey>
      <SessionToken>FwoGZXIvYXdz+token==</SessionToken><Expiration>${end}</Expiration></Credentials>
    </AssumeRoleResult></AssumeRoleResponse>`,
  );
}

/** STS refuses. */
export function refused(status: number, code: string, message: string): Respond {
  return xml(
    status,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code>` +
      `<Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
  );
}

export function xml(status: number, body: string): Respond {
  return (response) => {
    response.writeHead(status, { "content-type": "text/xml" }).end(body);
  };
}
