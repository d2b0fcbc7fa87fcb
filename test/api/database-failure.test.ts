import { expect, it } from "vitest";

import { isDatabaseUnavailable } from "../../src/api/database-failure.ts";

function failure(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

it.each([
  failure("connect ECONNREFUSED 127.0.0.1:5432", "ECONNREFUSED"),
  failure("read ECONNRESET", "ECONNRESET"),
  failure("Connection terminated unexpectedly"),
  failure("select * from channels where name = $1 - Connection terminated unexpectedly"),
  failure("timeout expired"),
  failure("Client has encountered a connection error and is not queryable"),
  failure("Unable to acquire a connection"),
  Object.assign(new Error("Knex: Timeout acquiring a connection."), { name: "KnexTimeoutError" }),
  failure("terminating connection due to administrator command", "57P01"),
  failure("the database system is starting up", "57P03"),
  failure("canceling statement due to statement timeout", "57014"),
  failure("sorry, too many clients already", "53300"),
  failure("connection failure", "08006"),
  failure("deadlock detected", "40P01"),
])("a database that can't serve now is known by: %s", (error) => {
  expect(isDatabaseUnavailable(error)).toBe(true);
});

it.each([
  new TypeError("Cannot read properties of undefined"),
  failure('relation "channels" does not exist', "42P01"),
  failure("invalid byte sequence", "22021"),
  failure("duplicate key value", "23505"),
  failure("the word is: Connection terminated"),
  "ECONNREFUSED",
  null,
])("a mistake of ours is none: %s", (error) => {
  expect(isDatabaseUnavailable(error)).toBe(false);
});
