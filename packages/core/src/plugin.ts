/** What plugins are made of: `import { definePlugin } from '@leadnest/core/plugin'`. */

export { demandAdmin } from './accounts/admins.ts'
export type { Principal } from './accounts/principal.ts'
export type {
  Accepted,
  ChannelDefinition,
  ChannelLimits,
  ChannelPowers,
  Cost,
  IncomingMessage,
  Measure,
  Media,
  OutgoingMessage,
  ProviderStatus,
  Received,
  StatusReport,
} from './channels/channel.ts'
export { defineChannel } from './channels/define-channel.ts'
export { SendError, type SendFailure } from './channels/send-error.ts'
export type { SimulatedAt, Simulation } from './channels/simulation.ts'
export { type Endpoint, Flag, Limit, page } from './endpoint.ts'
export { type Issue, invalid, LeadNestError, notFound } from './errors.ts'
export { Actor, type By, type Event, EventType } from './events/event.ts'
export type { OwnEvent } from './events/own-event.ts'
export { readableTypes } from './events/readable.ts'
export { Export, ExportInput, ExportSchedule, ExportScheduleInput } from './exports/export.ts'
export type { ExportPowers } from './exports/export-powers.ts'
export type { ExportColumn, Exporter } from './exports/exporter.ts'
export { attachment } from './files/attachment.ts'
export type { Bytes, StoredFile } from './files/file.ts'
export { streamOf } from './files/stream.ts'

export type { Form } from './forms/form.ts'
export { Id, isId, newId } from './id.ts'
export { Answered } from './idempotency/answers.ts'
export { bareAddress } from './imports/bare-address.ts'
export { rejectColumns } from './imports/columns.ts'
export {
  Import,
  ImportError,
  ImportInput,
  ImportKey,
  ImportMode,
  ImportOptions,
  ImportPreview,
  Mapping,
  PreviewRow,
  Target,
} from './imports/import.ts'
export type { ImportPowers, NewImport, Reject, Rejects } from './imports/import-powers.ts'
export {
  type Importer,
  ImportFailure,
  type ImportSource,
  type OpenedFile,
  type Placing,
  type ReadBatch,
  type ReadRow,
  type RowError,
} from './imports/importer.ts'
export { readDay } from './imports/read-day.ts'
export { bareNumber } from './imports/read-number.ts'
export { readOptOut, readYes } from './imports/read-yes.ts'
export type { Lead, LeadInput, LeadPage, LeadPatch } from './leads/lead.ts'
export { countries } from './leads/phone.ts'
export type { Link } from './links/link.ts'
export type { Member } from './members/member.ts'
export type { Message, MessageInput } from './messages/message.ts'
export type { Note } from './notes/note.ts'
export { parse } from './parse.ts'
export { type Action, type ActionCall, defineAction } from './plugins/action.ts'
export { type Api, type ApiCall, defineApi } from './plugins/api.ts'
export { definePlugin, type Plugin, type PluginDefinition, type Route } from './plugins/define-plugin.ts'
export type { FormField } from './plugins/form-field.ts'
export { isSame, isSignedCall, type SignedCall } from './plugins/hook-signature.ts'
export { type Html, html, type Part } from './plugins/html.ts'
export { judgedRoute } from './plugins/judged-route.ts'
export type { DrawnPage, MenuIcon, PageAnswer, PageCall, Pages, PostedPage } from './plugins/page.ts'
export type { Panel, PanelCall, Panels } from './plugins/panel.ts'
export type {
  Capability,
  Draft,
  DraftChange,
  EventPowers,
  FormPowers,
  HandlerContext,
  JobContext,
  LeadPowers,
  MessagePowers,
  PluginContext,
  PluginJobOptions,
  PluginTx,
  RouteContext,
  SubmissionDraft,
  SubmissionPowers,
} from './plugins/plugin-context.ts'
export { sql } from './postgres/sql.ts'
export { unsubscribeHeaders } from './preferences/link.ts'
export { Attribution } from './submissions/submission.ts'
