/** A request that the server refused, or could not carry out: `status` is HTTP's, 0 where no answer came. */
export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const PATIENCE = 15_000;

/**
 * Calls the server. The browser sends the log-in's cookie along, and says with each change that it is this page's.
 * @returns {Promise<any>} the answer's JSON; null if it has none. `version` names the state that it shows.
 */
export async function call(method, path, { body, version, headers = {} } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...(version && { 'If-Match': version }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new Refusal(0, 'The server does not answer.');
  }
  const text = await response.text();
  const answer = parse(text);
  if (!response.ok) throw new Refusal(response.status, answer?.detail ?? `The server answered ${response.status} ${response.statusText}.`);
  return answer && typeof answer === 'object' && !Array.isArray(answer) ? Object.defineProperty(answer, 'version', { value: response.headers.get('ETag'), writable: true }) : answer;
}

function parse(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

const admin = '/api/admin/';
const part = encodeURIComponent;

/** A channel's name as a path. */
export const pathOf = channel => channel.split('/').filter(Boolean).map(part).join('/');

export const query = members => {
  const said = Object.entries(members).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return said.length > 0 ? `?${new URLSearchParams(said)}` : '';
};

export const get = (path, members = {}) => call('GET', admin + path + query(members));
export const put = (path, body, version) => call('PUT', admin + path, { body, version });
export const post = (path, body = {}) => call('POST', admin + path, { body });
export const remove = path => call('DELETE', admin + path);
export const inTenant = (tenant, ...parts) => ['tenants', tenant, ...parts].map(part).join('/');

export const whoAmI = () => call('GET', '/login');
export const logOut = () => call('DELETE', '/login');

export function logIn(name, password) {
  const credentials = String.fromCharCode(...new TextEncoder().encode(`${name}:${password}`));
  return call('POST', '/login', { headers: { Authorization: `Basic ${btoa(credentials)}` } });
}
