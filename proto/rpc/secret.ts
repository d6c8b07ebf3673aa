import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Metadata } from '@grpc/grpc-js'

const KEY = 'millrace-secret'

/** A secret for one application: whoever has it may join and read its data. */
export const newSecret = (): string => randomBytes(32).toString('hex')

export function addSecret(metadata: Metadata, secret: string): Metadata {
  metadata.set(KEY, secret)
  return metadata
}

/** Whether a call carries the secret; takes as long whatever it carries instead. */
export function carriesSecret(metadata: Metadata, secret: string): boolean {
  const given = metadata.get(KEY)[0]
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(String(given ?? '')), digest(secret)) && given !== undefined
}
