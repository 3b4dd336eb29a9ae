import { get, inTenant, post, put, remove } from './api.js';
import { confirm, form, openPanel } from './dialog.js';
import { button, code, el, field, input, refresh, table } from './dom.js';
import { when } from './format.js';

const RIGHTS = { subscribe: 'May subscribe to', publish: 'May publish to', create: 'May begin channels in', manage: 'May manage' };

/** Tenants, their users with roles, what roles may do, and API keys. */
export function accountsView({ admin, root, refreshTenants }) {
  const parts = { tenants: admin.isOperator && part('Tenants'), users: part('Users'), roles: part('Roles and rules'), keys: part('API keys') };
  root.append(...Object.values(parts).filter(Boolean).map(({ card }) => card));
  const view = {
    async refresh() {
      const [tenants, users, keys] = await Promise.all([get('tenants'), get(inTenant(admin.chosen, 'users')), get(inTenant(admin.chosen, 'keys'))]);
      const own = tenants.find(tenant => tenant.name === admin.chosen);
      if (parts.tenants) showTenants(parts.tenants.body, tenants, changed);
      showUsers(parts.users.body, admin.chosen, users, changed);
      showRoles(parts.roles.body, admin.chosen, own?.roles ?? {}, changed);
      showKeys(parts.keys.body, admin.chosen, keys, users, changed);
    },
  };
  const changed = async () => { await refreshTenants(); await view.refresh(); };
  return view;
}

function part(title) {
  const id = `part-${title.toLowerCase().replaceAll(' ', '-')}`;
  const body = el('div', { class: 'list' });
  return { body, card: el('section', { class: 'card', 'aria-labelledby': id }, el('h2', { id }, title), body) };
}

const removing = (question, path, changed) => async () => {
  if (await confirm(question, 'Remove')) { await remove(path); await changed(); }
};

/** A panel with a form that closes when it is done. */
function ask(title, fields, action, submit, changed) {
  const dialog = openPanel(title, form(fields, action, async () => { await submit(); dialog.close(); await changed(); }));
}

// Tenants

function showTenants(body, tenants, changed) {
  const toggle = ({ name, disabled }) => async () => {
    if (disabled || await confirm(`Disable tenant ${name}? Its sessions end.`, 'Disable')) { await put(inTenant(name), { disabled: !disabled }); await changed(); }
  };
  refresh(body, table('Tenants', [
    { title: 'Tenant', cell: tenant => tenant.name },
    { title: 'State', cell: tenant => tenant.disabled ? 'disabled' : 'active' },
    { title: 'Roles', cell: tenant => String(Object.keys(tenant.roles).length) },
    { title: 'Actions', cell: tenant => tenant.name === 'default' ? 'stays' : el('span', { class: 'row' },
      button(tenant.disabled ? 'Enable' : 'Disable', toggle(tenant), undefined, { 'aria-label': `${tenant.disabled ? 'Enable' : 'Disable'} ${tenant.name}` }),
      button('Remove', removing(`Remove tenant ${tenant.name} with its users and keys?`, inTenant(tenant.name), changed), undefined, { 'aria-label': `Remove ${tenant.name}` })) },
  ], tenants, 'There is none.'), button('Add tenant', () => {
    const name = input({ required: true });
    ask('Add tenant', [field('Name', name, 'Letters, digits and . _ @ -')], 'Add', () => put(inTenant(name.value.trim()), { disabled: false }), changed);
  }));
}

// Users

function showUsers(body, tenant, users, changed) {
  refresh(body, table('Users', [
    { title: 'User', cell: user => user.name },
    { title: 'Roles', cell: user => user.roles.join(', ') || null },
    { title: 'State', cell: user => user.disabled ? 'disabled' : 'active' },
    { title: 'Actions', cell: user => el('span', { class: 'row' },
      button('Change', () => changeUser(tenant, user.name, changed), undefined, { 'aria-label': `Change ${user.name}` }),
      button('Remove', removing(`Remove user ${user.name}?`, inTenant(tenant, 'users', user.name), changed), undefined, { 'aria-label': `Remove ${user.name}` })) },
  ], users, 'There is none.'), button('Add user', () => changeUser(tenant, null, changed)));
}

async function changeUser(tenant, known, changed) {
  const user = known ? await get(inTenant(tenant, 'users', known)) : { name: '', roles: [], disabled: false };
  const name = input({ required: true, readonly: known !== null });
  const roles = input();
  const password = input({ type: 'password', autocomplete: 'new-password' });
  const disabled = el('input', { type: 'checkbox', checked: user.disabled });
  [name.value, roles.value] = [user.name, user.roles.join(', ')];
  ask(known ? `Change ${known}` : 'Add user', [
    field('Name', name),
    field('Roles, separated by commas', roles, 'admin manages this tenant, operator the cluster; others are defined under Roles and rules.'),
    field(known ? 'New password; empty: as it is' : 'Password', password, '8 characters or more'),
    el('label', { class: 'check' }, disabled, ' Disabled: may not log in, and sessions end'),
  ], known ? 'Change' : 'Add', () => put(inTenant(tenant, 'users', name.value.trim()), {
    roles: roles.value.split(',').map(role => role.trim()).filter(Boolean), disabled: disabled.checked, ...(password.value && { password: password.value }),
  }, user.version), changed);
}

// Roles

function showRoles(body, tenant, roles, changed) {
  refresh(body, table('Roles and rules', [
    { title: 'Role', cell: ([name]) => name },
    ...Object.keys(RIGHTS).map(right => ({
      title: right[0].toUpperCase() + right.slice(1), cell: ([, rules]) => rules[right]?.length > 0 ? el('span', {}, rules[right].map(pattern => [code(pattern), ' '])) : null,
    })),
    { title: 'Actions', cell: ([name, rules]) => el('span', { class: 'row' },
      button('Change', () => changeRole(tenant, name, rules, changed), undefined, { 'aria-label': `Change role ${name}` }),
      button('Remove', removing(`Remove role ${name}?`, inTenant(tenant, 'roles', name), changed), undefined, { 'aria-label': `Remove role ${name}` })) },
  ], Object.entries(roles), 'None but those built in: admin, operator, anonymous.'), button('Add role', () => changeRole(tenant, null, {}, changed)));
}

async function changeRole(tenant, known, rules, changed) {
  const { version } = await get(inTenant(tenant));
  const name = input({ required: true, readonly: known !== null });
  name.value = known ?? '';
  const areas = Object.entries(RIGHTS).map(([right, label]) => {
    const area = el('textarea', { class: 'code', rows: 2, spellcheck: 'false', autocapitalize: 'none' });
    area.value = (rules[right] ?? []).join('\n');
    return [right, area, field(`${label}, a channel or pattern a line`, area)];
  });
  const said = () => Object.fromEntries(areas.map(([right, area]) => [right, area.value.split('\n').map(line => line.trim()).filter(Boolean)]));
  ask(known ? `Change role ${known}` : 'Add role', [field('Name', name), ...areas.map(([, , node]) => node)], known ? 'Change' : 'Add',
    () => put(inTenant(tenant, 'roles', name.value.trim()), said(), version), changed);
}

// Keys

function showKeys(body, tenant, keys, users, changed) {
  refresh(body, table('API keys', [
    { title: 'Key', cell: key => code(key.id) },
    { title: 'User', cell: key => key.user },
    { title: 'Expires', cell: key => when(key.expires) ?? 'not by itself' },
    { title: 'Actions', cell: key => button('Revoke', removing(`Revoke key ${key.id} of ${key.user}?`, inTenant(tenant, 'keys', key.id), changed), undefined, { 'aria-label': `Revoke ${key.id}` }) },
  ], keys, 'There is none.'), users.length > 0 && button('Make key', () => {
    const user = el('select', {}, users.map(({ name }) => el('option', { value: name }, name)));
    const dialog = openPanel('Make API key', form([field('User', user)], 'Make', async () => {
      const made = await post(inTenant(tenant, 'users', user.value, 'keys'));
      dialog.close();
      openPanel('API key', el('p', {}, 'It is shown this once:'), el('pre', { class: 'code block', tabindex: '0' }, made.key));
      await changed();
    }));
  }));
}
