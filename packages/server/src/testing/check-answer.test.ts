import { expect, test } from 'vitest'
import { checkAnswer } from './check-answer.ts'

const answer = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  text: '',
  json: undefined,
})

test('an answer that the contract does not name is refused', () => {
  const own = { etag: '"1"', 'leadnest-form-token': 't' }
  checkAnswer('GET', '/v1/forms/contact', answer(304, own))
  expect(() => checkAnswer('GET', '/v1/leads', answer(304))).toThrow('GET /v1/leads answered 304')
  expect(() => checkAnswer('DELETE', '/v1/leads/1', answer(200))).toThrow('answered 200')
  expect(() => checkAnswer('GET', '/v1/forms/contact', answer(304, { etag: '"1"' }))).toThrow(
    'without LeadNest-Form-Token',
  )
  expect(() => checkAnswer('DELETE', '/v1/leads/1', answer(204, { etag: '"1"' }))).toThrow('with ETag')
})
