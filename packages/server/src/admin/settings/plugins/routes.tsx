import { checkPlugin, getPlugin, listPlugins, updatePlugin } from '@leadnest/core'
import { Hono } from 'hono'
import { by } from '../../by.ts'
import type { SignedInEnv } from '../../env.ts'
import { formText } from '../../fields.tsx'
import { may } from '../../may.ts'
import { saved } from '../../saved.ts'
import { PluginPage, PluginsPage } from './pages.tsx'
import { settingOf } from './setting-control.tsx'

export const pluginPages = new Hono<SignedInEnv>()
  .get('/', async (c) => {
    const { core, session } = c.var
    return c.html(<PluginsPage session={session} plugins={await listPlugins(core, session.workspaceId)} />)
  })

  .get('/:id', async (c) => {
    const { core, session } = c.var
    const plugin = await getPlugin(core, session.workspaceId, c.req.param('id'))
    return c.html(
      <PluginPage {...{ session, plugin }} base={core.publicBaseUrl} justSaved={c.req.query('saved') === '1'} />,
    )
  })

  .post('/:id', may('settings:write'), async (c) => {
    const { core, session } = c.var
    const plugin = await getPlugin(core, session.workspaceId, c.req.param('id'))
    const typed = Object.fromEntries(
      await Promise.all(plugin.settings.map(async ({ key }) => [key, await formText(c, key)] as const)),
    )
    const named = plugin.settings.map((setting) => [setting.key, settingOf(setting, typed[setting.key]!)] as const)
    const settings = Object.fromEntries(named.filter(([, value]) => value !== undefined))
    return saved(
      c,
      `/admin/settings/plugins/${plugin.id}`,
      () => updatePlugin(core, session.workspaceId, plugin.id, { settings: settings as never }, by(c)),
      (issues) => (
        <PluginPage
          {...{ session, plugin, typed }}
          base={core.publicBaseUrl}
          issues={issues.map(({ path, message }) => ({ path: path.replace(/^settings\.|\.\d+$/g, ''), message }))}
        />
      ),
    )
  })

  .post('/:id/check', may('settings:write'), async (c) => {
    const { core, session } = c.var
    const plugin = await getPlugin(core, session.workspaceId, c.req.param('id'))
    const health = await checkPlugin(core, session.workspaceId, plugin.id)
    return c.html(<PluginPage {...{ session, plugin, health }} base={core.publicBaseUrl} />)
  })

  .post('/:id/turn', may('settings:write'), async (c) => {
    const { core, session } = c.var
    const enabled = (await formText(c, 'enabled')) === 'true'
    const { id } = await updatePlugin(core, session.workspaceId, c.req.param('id'), { enabled }, by(c))
    return c.redirect(`/admin/settings/plugins/${id}?saved=1`, 303)
  })
