/** What the sandbox answers to a call. */
export interface Answer {
  status: number;
  /** None at all if left out. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Thrown by a handler to end the call with an answer other than success. */
export class Refused extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`${answer.status} ${JSON.stringify(answer.body)}`);
    this.answer = answer;
  }
}

/** A control call that cannot be done: 400, 404 or 409 with a sentence that says what to do. */
export class ControlRefused extends Refused {
  constructor(status: 400 | 404 | 409, error: string) {
    super({ status, body: { error } });
    this.message = error;
  }
}
