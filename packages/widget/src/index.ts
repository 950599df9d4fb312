export type { FormEvents } from './events.ts'
export { type MountOptions, mount } from './mount.tsx'
