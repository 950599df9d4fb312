import { assetUrl } from './assets/files.ts'

export type IconName =
  | 'alert'
  | 'arrow-left'
  | 'arrow-right'
  | 'arrow-up'
  | 'arrow-down'
  | 'bin'
  | 'chart'
  | 'check'
  | 'chevrons'
  | 'cross'
  | 'copy'
  | 'filter'
  | 'form'
  | 'gear'
  | 'inbox'
  | 'leave'
  | 'lock'
  | 'mail'
  | 'nest'
  | 'note'
  | 'open'
  | 'pencil'
  | 'people'
  | 'phone'
  | 'plug'
  | 'plus'
  | 'search'
  | 'send'
  | 'shield'
  | 'tag'
  | 'upload'
  | 'webhook'

/** A picture beside words: screen readers skip it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" aria-hidden="true">
      <use href={`${assetUrl('icons.svg')}#${name}`} />
    </svg>
  )
}
