#include "player-bridge/page/files.hpp"

namespace alluvium::bridge::page {

std::string_view lists_script() {
  return R"js(// What is shown as sentences and tables.

import {byId, bytes, clock, make, put, rate} from './text.js';

const ROWS = [
  ['Station', 'origin', 'origin'],
  ['Other listeners', 'peers', 'peers-in'],
  ['Cache on this computer', 'cache', 'cache'],
  ['Station, unverified', 'unverified', 'unverified'],
  ['Gateway (hashes, addresses)', 'gateway', ''],
  ['Passed on to others', 'uploaded', 'uploaded'],
];
const SHOWN_PEERS = 8;

/// A table row for each entry of `rows`; those that are there are used again.
function fill(body, rows) {
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach(({style = '', cells}, i) => {
    const row = body.rows[i] ?? make(body, 'tr');
    if (row.className !== style) row.className = style;
    cells.forEach((text, k) => {
      const cell = row.cells[k] ?? make(row, k === 0 ? 'th' : 'td');
      if (k === 0) cell.scope = 'row';
      put(cell, text);
    });
  });
}

export function showSources(totals, flow) {
  const all = totals.origin + totals.peers + totals.cache + totals.unverified;
  const spared = totals.peers + totals.cache;
  const part = Math.floor(100 * totals.peers / Math.max(all, 1));
  let saying = 'Nothing has come yet.';
  if (totals.peers > 0) {
    saying = `${part > 0 ? part : 'Less than 1'} % came from other listeners: the station did not ` +
        `have to send ${bytes(spared)}.`;
  } else if (totals.cache > 0) {
    saying = `${bytes(totals.cache)} were here already, the rest came from the station.`;
  } else if (all > 0) {
    saying = 'All of it came from the station so far.';
  }
  put(byId('saying'), saying);
  put(byId('passing'), totals.uploaded > 0 ? `You have passed on ${bytes(totals.uploaded)}.`
                                           : 'You have passed on nothing yet.');
  const rows = ROWS.filter(([, kind]) => kind !== 'unverified' || totals.unverified > 0);
  fill(byId('figures'), rows.map(([name, kind, style]) => ({
    style, cells: [name, bytes(totals[kind]), flow.rate(kind) > 0 ? rate(flow.rate(kind)) : '–'],
  })));
}

export function showPeers(peers, count) {
  const shown = peers.slice(0, SHOWN_PEERS);
  byId('peers-table').hidden = shown.length === 0;
  byId('peers-none').hidden = shown.length > 0;
  const amount = (n) => n > 0 ? bytes(n) : '–';
  fill(byId('peers'), shown.map((peer) => ({cells: [
    peer.address, peer.banned ? 'false data' : amount(peer.received), amount(peer.sent),
    peer.holds === null ? '–' : `${Math.floor(100 * peer.holds)} %`,
  ]})));
  const others = Math.max(count, peers.length) - shown.length;
  byId('peers-more').hidden = others <= 0;
  put(byId('peers-more'), `and ${others} more`);
}

/// The program's sentences begin without a capital, and name instants in UTC.
function sentence(text) {
  const local = text.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z/g,
                             (instant) => clock(new Date(instant)));
  return local.charAt(0).toUpperCase() + local.slice(1);
}

export function showProblems(problems) {
  const list = byId('problems');
  const isWell = problems.length === 0;
  byId('well').hidden = !isWell;
  list.hidden = isWell;
  byId('state').classList.toggle('has-problems', !isWell);
  const said = JSON.stringify(problems);
  // A list that is made anew would be read out anew.
  if (list.dataset.said === said) return;
  list.dataset.said = said;
  list.replaceChildren();
  for (const {text, since} of problems) {
    const item = make(list, 'li', '', sentence(text) + ' ');
    make(item, 'time', '', `since ${clock(new Date(since))}`).dateTime = since;
  }
}

export function showReach({answer, saying, why}) {
  put(byId('reach-word'), `${saying}.`);
  byId('reach-word').dataset.is = answer;
  put(byId('reach-why'), why);
}
)js";
}

}  // namespace alluvium::bridge::page
