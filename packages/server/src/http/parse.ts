export { parse } from '@leadnest/core'
