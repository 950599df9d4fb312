import { expect, test } from 'vitest'
import { ownPath } from './next.ts'

const evil = [
  '//evil.com',
  '///evil.com',
  '/\\evil.com',
  '\\\\evil.com',
  '/\t/evil.com',
  '/\n//evil.com',
  ' //evil.com',
  'https://evil.com',
  'https:evil.com',
  'HTTPS://evil.com/admin',
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  '/%2F%2Fevil.com',
  '/%5Cevil.com',
  '%2F%2Fevil.com',
  '/admin/..//evil.com',
  '/admin/%2e%2e//evil.com',
  '/admin\u0000.evil.com',
  '/admin@evil.com',
  '/admin.evil.com',
  '/administrator',
  '/admin/sign-out',
  '/admin/reset?token=x',
  '/admin/invite?token=x',
  'evil.com/admin',
  '',
]

test.each(evil)('after signing in, %j leads to the admin’s home', (next) => {
  expect(ownPath(next)).toBe('/admin')
})

test.each([
  '/admin',
  '/admin/leads',
  '/admin/leads?q=a%2Fb&sort=createdAt',
  '/admin/leads/0198c5f0-0000-7000-8000-000000000000',
  '/admin/held?cursor=//x',
])('after signing in, %j is where it says', (next) => {
  expect(ownPath(next)).toBe(next)
})
