import { GraphQLError, getOperationAST, parse } from 'graphql';
import { EdgeError } from './errors.js';

/** The parts of a request over HTTP that say what is asked. */
export type AskingRequest = { readonly method: string; readonly query?: unknown; readonly body?: unknown };

type Asked = { query?: unknown; readonly operationName?: unknown };

const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

/** Characters of a document per token it may have: documents are kept, with their comments and literals. */
const TOKEN_CHARACTERS = 20;

const isObject = (value: unknown): value is Asked => typeof value === 'object' && value !== null;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Which operation a GET means is looked up before the document is known to be one that has it. */
const refuseWithoutOperation = (query: string, operationName: string | undefined, maxTokens: number): void => {
  try {
    if (getOperationAST(parse(query, { maxTokens }), operationName)) return;
  } catch (error) {
    // What is wrong with its grammar is told by the server itself, and where.
    if (error instanceof GraphQLError) return;
    throw error;
  }
  throw new EdgeError('MALFORMED', 'the document has no such operation, or several and none is named');
};

/**
 * Checks what a request asks, before the server behind does: it would take JSON for a parsed document, which goes around the limits of
 * the parser, and it keeps one compiled operation per document, so that the second operation asked for would be answered by the first.
 * A document is therefore known there by its text and the name of its operation.
 *
 * @throws EdgeError MALFORMED
 */
export const checkAsked = (request: AskingRequest, tokensMax: number): void => {
  const asked = request.method === 'GET' ? request.query : request.body;
  if (!isObject(asked)) return;
  const { query, operationName = null } = asked;
  if (query === undefined) return;
  if (typeof query !== 'string') throw new EdgeError('MALFORMED', 'query is a string');
  if (query.length > tokensMax * TOKEN_CHARACTERS)
    throw new EdgeError('MALFORMED', `a document has at most ${tokensMax * TOKEN_CHARACTERS} characters: values belong in variables`, 413);
  if (isJson(query)) throw new EdgeError('MALFORMED', 'query is a document of GraphQL, not JSON');
  if (operationName !== null && (typeof operationName !== 'string' || !NAME.test(operationName)))
    throw new EdgeError('MALFORMED', 'operationName is the name of an operation');
  if (request.method === 'GET') refuseWithoutOperation(query, operationName ?? undefined, tokensMax);
  if (operationName !== null) asked.query = `${query}\n#${operationName}`;
};
