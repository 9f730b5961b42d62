import type {Report} from '../../diagnose/report.ts';
import {hostPort} from '../trace.ts';
import {cut, html, type Markup, nothing, raw} from './markup.ts';
import {section, wideBox} from './page.ts';

const most = 60;

/** A pod's own network, as it was read there. */
export function podPart({pod}: Report): Markup {
  if (pod === undefined) return nothing;
  const {namespace, name, node, hostNetwork, addresses, links, routes, listeners, resolvConf} = pod;
  return section('pod', 'The pod’s own network', html`<p class="lead"><strong>${namespace}/${name}</strong> on ${node}${hostNetwork ? ', in its node’s own network' : ''}; addresses: ${cut(addresses.join(', ') || 'none', 500)}</p>
${table('Interfaces', ['Interface', 'State', 'MTU', 'Kind', 'On the node', 'MTU there', 'Bridge', 'Hairpin'], links.map(({name, state, mtu, kind, peer}) => [name, state, String(mtu), kind ?? '', peer?.name ?? '', peer === null ? '' : String(peer.mtu), peer?.bridge ?? '', peer === null || peer.hairpin === null ? '' : peer.hairpin ? 'on' : 'off']))}
${table('Routes', ['Route to', 'Via', 'Interface'], routes.map(({to, via, device}) => [to === '0.0.0.0/0' ? 'default' : to, via ?? '', device]))}
${table('Listening', ['Protocol', 'At', 'Process (on the node)'], listeners.map(({protocol, address, port, process}) => [protocol, hostPort(address, port), process ?? '?']))}
${resolvConf === null ? html`<p>It has no /etc/resolv.conf.</p>` : html`<figure><figcaption>/etc/resolv.conf</figcaption><pre><code>${raw(cut(resolvConf, 4000))}</code></pre></figure>`}`);
}

function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  if (rows.length === 0) return html`<p>${title}: none.</p>`;
  return wideBox(title, html`<table class="lines"><caption>${title}${rows.length > most ? `, ${most} of ${rows.length}` : ''}</caption><thead><tr>${head.map(each => html`<th scope="col">${each}</th>`)}</tr></thead><tbody>${rows.slice(0, most).map(([first = '', ...rest]) => html`<tr><th scope="row">${cut(first, 150)}</th>${rest.map(each => html`<td>${cut(each, 150)}</td>`)}</tr>`)}</tbody></table>`);
}
