import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ObjectStoreOptions } from '@leadnest/core'
import ipaddr from 'ipaddr.js'
import { type RateLimits, usualLimits } from './http/rate-limits.ts'

export interface Config {
  port: number
  host: string
  production: boolean
  /** Undefined: the embedded Postgres in `dataDir`. */
  databaseUrl: string | undefined
  databaseDirectUrl: string | undefined
  databasePoolSize: number
  dataDir: string
  secretKeys: string[]
  jwtSecrets: string[]
  jwtAccessTtlMinutes: number
  jwtRefreshTtlDays: number
  idempotencyTtlHours: number
  publicBaseUrl: string
  adminEmail: string | undefined
  adminPassword: string | undefined
  corsAllowedOrigins: string[]
  outboundAllow: string[]
  /** Undefined: files are kept in the database. */
  objects: ObjectStoreOptions | undefined
  /** Zero is no limit. */
  limits: RateLimits
  loginFailures: number
  trustedProxyHops: number
  logLevel: string
}

/** One line for each variable that is wrong: its name, what was given (never a secret), what is expected. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

type Environment = Record<string, string | undefined>

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** What a variable says, or the file that `NAME_FILE` names; undefined where neither says anything. */
export function readVariable(name: string, env: Environment = process.env): string | undefined {
  const file = env[`${name}_FILE`]
  if (!file) return env[name] || undefined
  return existsSync(file) ? readFileSync(file, 'utf8').trim() || undefined : undefined
}

/** Reads the environment; `NAME_FILE` stands for the content of a file. Throws ConfigError with all that is wrong. */
export function readConfig(env: Environment = process.env): Config {
  const wrong: string[] = []
  const refuse = (name: string, given: string | undefined, expected: string) =>
    void wrong.push(`${name}: ${given === undefined ? 'not set' : `got “${given}”`}; expected ${expected}.`)

  const text = (name: string): string | undefined => {
    const file = env[`${name}_FILE`]
    if (file && !existsSync(file)) refuse(`${name}_FILE`, file, 'a file that exists')
    return readVariable(name, env)
  }
  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const given = text(name)
    const value = given === undefined ? fallback : /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
    if (value >= min && value <= max) return value
    refuse(name, given, `a whole number from ${min} to ${max}`)
    return fallback
  }
  const limit = (name: string, fallback: number) => whole(name, fallback, 0, 1_000_000)
  const postgresUrl = (name: string): string | undefined => {
    const given = text(name)
    if (given === undefined || /^postgres(?:ql)?:\/\/./.test(given)) return given
    refuse(name, '(hidden)', 'a postgres:// URL')
    return undefined
  }

  const production = env.NODE_ENV === 'production'
  const port = whole('PORT', 3000, 0, 65_535)
  const dataDir = resolve(text('LEADNEST_DATA_DIR') ?? '.leadnest')

  const publicBaseUrl = text('PUBLIC_BASE_URL') ?? `http://localhost:${port}`
  if (!isBaseUrl(publicBaseUrl))
    refuse('PUBLIC_BASE_URL', publicBaseUrl, 'an origin such as https://leads.example.com, without a path')
  else if (production && !publicBaseUrl.startsWith('https:'))
    refuse('PUBLIC_BASE_URL', text('PUBLIC_BASE_URL'), 'an https:// origin in production')

  const secrets = (name: SecretName): string[] | undefined => {
    const given = text(name)
    if (given === undefined) {
      if (production)
        refuse(name, undefined, 'at least 32 characters in production, as `openssl rand -base64 48` makes them')
      return undefined
    }
    const list = given.split(',').map((part) => part.trim())
    if (list.some((secret) => Buffer.byteLength(secret) < 32 || new Set(secret).size < 8)) {
      refuse(name, '(hidden)', 'a list of random secrets, newest first, each of at least 32 bytes')
    }
    return list
  }

  const listed = (name: string) =>
    (text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean)
  const corsAllowedOrigins = listed('CORS_ALLOWED_ORIGINS')
  for (const origin of corsAllowedOrigins)
    if (!isBaseUrl(origin) || new URL(origin).origin !== origin)
      refuse('CORS_ALLOWED_ORIGINS', origin, 'exact origins such as https://app.example.com, with commas between')

  const outboundAllow = listed('OUTBOUND_ALLOW')
  if (production && outboundAllow.length > 0)
    refuse('OUTBOUND_ALLOW', outboundAllow.join(','), 'nothing in production: it opens private networks to plugins')
  else if (!outboundAllow.every(isNetwork))
    refuse('OUTBOUND_ALLOW', outboundAllow.join(','), 'networks such as 127.0.0.0/8, with commas between')

  const [endpoint, bucket, accessKeyId, secretAccessKey] = objectNames.map(text)
  const objects =
    endpoint && bucket && accessKeyId && secretAccessKey
      ? { endpoint, bucket, accessKeyId, secretAccessKey }
      : undefined
  if (endpoint && !isHttp(endpoint)) refuse('S3_ENDPOINT', endpoint, 'an address such as https://s3.example.com')
  if (bucket && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket))
    refuse('S3_BUCKET', bucket, 'the name of a bucket: 3 to 63 small letters, digits, dots and hyphens')
  if (endpoint || bucket || accessKeyId || secretAccessKey)
    for (const name of objectNames) if (!text(name)) refuse(name, undefined, 'a value, as the others of S3_* have one')

  const logLevel = text('LOG_LEVEL') ?? 'info'
  if (!levels.includes(logLevel)) refuse('LOG_LEVEL', logLevel, `one of ${levels.join(', ')}`)

  const adminEmail = text('LEADNEST_ADMIN_EMAIL')
  const adminPassword = text('LEADNEST_ADMIN_PASSWORD')
  if (adminEmail && !adminPassword)
    refuse('LEADNEST_ADMIN_PASSWORD', undefined, 'a password of at least 8 characters, with LEADNEST_ADMIN_EMAIL')
  if (adminPassword && !adminEmail)
    refuse('LEADNEST_ADMIN_EMAIL', undefined, 'an e-mail address, with LEADNEST_ADMIN_PASSWORD')

  const databaseUrl = postgresUrl('DATABASE_URL')
  const secretKeys = secrets('LEADNEST_SECRET_KEY')
  const jwtSecrets = secrets('JWT_SECRET')
  const config = {
    port,
    host: text('HOST') ?? '127.0.0.1',
    production,
    databaseUrl,
    databaseDirectUrl: postgresUrl('DATABASE_DIRECT_URL') ?? databaseUrl,
    databasePoolSize: whole('DATABASE_POOL_SIZE', 10, 2, 500),
    dataDir,
    idempotencyTtlHours: whole('IDEMPOTENCY_TTL_HOURS', 24, 1, 720),
    jwtAccessTtlMinutes: whole('JWT_ACCESS_TTL_MINUTES', 15, 1, 60),
    jwtRefreshTtlDays: whole('JWT_REFRESH_TTL_DAYS', 30, 1, 365),
    publicBaseUrl: publicBaseUrl.replace(/\/$/, ''),
    adminEmail,
    adminPassword,
    corsAllowedOrigins,
    outboundAllow,
    objects,
    limits: {
      perMinute: limit('RATE_LIMIT_PER_MINUTE', usualLimits.perMinute),
      submitPerMinute: limit('RATE_LIMIT_SUBMIT_PER_MINUTE', usualLimits.submitPerMinute),
      importPerMinute: limit('RATE_LIMIT_IMPORT_PER_MINUTE', usualLimits.importPerMinute),
      smsPerMinute: limit('RATE_LIMIT_SMS_PER_MINUTE', usualLimits.smsPerMinute),
    },
    loginFailures: limit('RATE_LIMIT_LOGIN_FAILURES', 10),
    trustedProxyHops: whole('TRUSTED_PROXY_HOPS', 0, 0, 10),
    logLevel,
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join('\n'))
  const generated = (name: SecretName) => [generatedSecrets(dataDir)[name]]
  return {
    ...config,
    secretKeys: secretKeys ?? generated('LEADNEST_SECRET_KEY'),
    jwtSecrets: jwtSecrets ?? generated('JWT_SECRET'),
  }
}

const objectNames = ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const

const isHttp = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

const isNetwork = (text: string) => /^[\d.]+\/\d+$|^[\da-f:]+\/\d+$/i.test(text) && ipaddr.isValidCIDR(text)

function isBaseUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return (
    (url?.protocol === 'http:' || url?.protocol === 'https:') &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username
  )
}

type SecretName = 'LEADNEST_SECRET_KEY' | 'JWT_SECRET'

/** Made once and kept in the data directory, readable by nobody else. */
function generatedSecrets(dataDir: string): Record<SecretName, string> {
  const file = join(dataDir, 'secrets.json')
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  const fresh = () => randomBytes(48).toString('base64url')
  if (!existsSync(file)) {
    const own = `${file}.${process.pid}`
    writeFileSync(own, JSON.stringify({ LEADNEST_SECRET_KEY: fresh(), JWT_SECRET: fresh() }, null, 2), { mode: 0o600 })
    try {
      // Of several that start at once one brings its file in place, whole; the others read it.
      linkSync(own, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(own)
    }
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Record<SecretName, string>
}
