// The page of a node: /status, /events and public queries in words. Everything that comes from the
// chain becomes text nodes, never markup.
const k_blocks_kept = 200;
const k_links_of_block = 50;
const k_blocks_before = 20;  // of the past, when the page opens
const k_status_interval_ms = 2000;
const k_condition_interval_ms = 5000;
const k_retry_ms = 2000;
const k_request_ms = 10000;

const id = (name) => document.getElementById(name);
let language = (navigator.languages || [navigator.language])[0].toLowerCase().startsWith('zh') ? 1 : 0;
let condition = null;       // the last answer of /condition
let status = null;          // the last answer of /status
let answers = false;        // whether the node answered when last asked
const blocks = [];          // newest first
const silent_since = {};    // by the name of a node: when this page saw it fall silent
const codes = {};           // by name: {meaning: [en, zh], remedy: [en, zh]}
const redraws = {};         // answers on the page that are drawn again in the other language

const fill = (text, values) => text.replace(/\{(\d)\}/g, (_, i) => String(values[i]));
const say = (word, ...values) => fill(WORDS[word][language], values);
const words_of = (table, name) => (Object.hasOwn(table, name) ? table[name][language] : name);

/** An element; strings become text that keeps its own direction. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === 'onclick') element.addEventListener('click', value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
/** Text of the chain: members choose it, so it must not reorder what stands around it. */
const foreign = (text, style = '') => make('bdi', {class: style}, String(text));

async function ask(path, body) {
  const options = {signal: AbortSignal.timeout(k_request_ms), cache: 'no-store'};
  if (body) Object.assign(options, {method: 'POST', body: JSON.stringify(body),
                                    headers: {'Content-Type': 'application/json'}});
  const response = await fetch(path, options);
  return {good: response.ok, value: await response.json()};
}

// ---- Refusals --------------------------------------------------------------------------------
function code_words(name) {
  const code = codes[name];
  if (!code) return {meaning: say('no_words'), remedy: ''};
  return {meaning: code.meaning[language] || code.meaning[0],
          remedy: code.remedy[language] || code.remedy[0]};
}

function refusal(name, detail) {
  const {meaning, remedy} = code_words(name);
  const box = make('div', {class: 'box warn'}, make('p', {class: 'bad'}, make('code', {}, name), ' ',
                                                    meaning));
  if (detail) box.append(make('p', {}, foreign(say('detail', detail))));
  if (remedy) box.append(make('p', {}, say('remedy', remedy)));
  return box;
}

async function load_codes() {
  const {value} = await ask('/codes');
  for (const {name, meaning, remedy} of value.codes) {
    codes[name] = {meaning: [meaning, ''], remedy: [remedy, '']};
  }
  for (const line of id('codes-zh').textContent.split('\n')) {
    const [name, meaning, remedy] = line.split('\t');
    if (!codes[name]) continue;
    codes[name].meaning[1] = meaning;
    codes[name].remedy[1] = remedy;
  }
}

// ---- The nodes and what the network waits for ------------------------------------------------
const may_vote = (peer) => peer.name === status.node ? status.voting
                                                     : peer.connected && peer.standing === 'voting';

function draw_waits() {
  const target = id('waits');
  if (!status || !answers) {
    target.replaceChildren(make('div', {class: 'box warn'}, make('p', {}, say('silent_node'))));
    return;
  }
  const all = status.peers.length;
  const needed = all - Math.floor((all - 1) / 3);
  const voting = status.peers.filter(may_vote).length;
  const waits = status.network_waits_for !== '';
  const box = make('div', {class: waits ? 'box warn' : 'box'},
                   make('p', {}, say(waits ? 'waits_quorum' : 'waits_nothing', voting, all, needed)));
  for (const peer of status.peers.filter((peer) => !may_vote(peer))) {
    box.append(make('p', {}, foreign(peer.name), ': ', standing_words(peer), reason_words(peer)));
  }
  if (waits) {
    box.append(make('p', {class: 'quiet'}, say('in_words')),
               make('p', {lang: 'en'}, foreign(status.network_waits_for)));
  }
  target.replaceChildren(box);
}

const is_silent = (peer) => peer.name !== status.node && !peer.connected;

function standing_words(peer) {
  if (is_silent(peer)) return say('silent');
  const word = peer.name === status.node ? status.standing : peer.standing;
  return word ? words_of(STANDINGS, word) : say('unsaid');
}

function reason_words(peer) {
  if (!is_silent(peer)) return '';
  const since = silent_since[peer.name];
  return ' (' + (since ? say('silent_since', since.toLocaleTimeString()) : say('silent_before')) + ')';
}

function draw_nodes() {
  if (!status) return;
  id('network').textContent = status.network;
  id('node').textContent = status.node + ' · ' + status.version;
  document.title = status.network + ' · ' + status.node;
  // An observer is none of the validators, and shows itself first.
  const listed = status.peers.some((peer) => peer.name === status.node);
  const nodes = listed ? status.peers : [{name: status.node, connected: true}, ...status.peers];
  id('nodes').replaceChildren(...nodes.map((peer) => {
    const own = peer.name === status.node;
    const why = own ? status.standing_reason : peer.last_error;
    return make('tr', {'data-node': peer.name},
                make('th', {scope: 'row'}, foreign(peer.name)),
                make('td', {class: may_vote(peer) ? 'good' : 'bad'}, standing_words(peer)),
                make('td', {class: 'number'}, String(own ? status.final_height : peer.final_height)),
                make('td', {class: 'number'},
                     String(own ? status.executed_height : peer.executed_height)),
                make('td', {class: 'quiet'}, own && !why ? say('here') : '', reason_words(peer), ' ',
                     may_vote(peer) ? '' : foreign(why)));
  }));
}

const megabytes = (bytes) => Math.round(bytes / 1e6).toLocaleString();

function draw_condition() {
  if (!condition) return;
  const line = (bad, ...words) => make('p', {class: bad ? 'bad' : ''}, ...words);
  const liars = condition.liars.map(({validator, views}) =>
      line(true, foreign(say('liar', validator, views))));
  const ends = new Date(condition.certificate_ends_unix_s * 1000).toLocaleDateString();
  id('condition').replaceChildren(
      ...(liars.length ? liars : [line(false, say('no_liars'))]),
      line(condition.certificate_ends_soon,
           say('certificate_days', condition.certificate_days_left, ends)),
      line(condition.disk_free_bytes < condition.disk_needed_bytes,
           say('disk', megabytes(condition.disk_free_bytes), megabytes(condition.disk_needed_bytes))),
      line(false, say('memory', megabytes(condition.memory_bytes),
                      megabytes(condition.memory_limit_bytes))),
      ...condition.ended_connections.map(({reason, count}) => line(false,
          say('ended', count), ', ', make('code', {}, reason), ' ', code_words(reason).meaning)));
}

async function poll_condition() {
  try {
    condition = (await ask('/condition')).value;
    draw_condition();
  } catch {
    // That the node does not answer is told above.
  }
  setTimeout(poll_condition, k_condition_interval_ms);
}

async function poll_status() {
  try {
    const {value} = await ask('/status');
    for (const peer of value.peers) {
      const before = status && status.peers.find((other) => other.name === peer.name);
      if (peer.connected) delete silent_since[peer.name];
      else if (before && before.connected) silent_since[peer.name] = new Date();
    }
    status = value;
    answers = true;
  } catch {
    answers = false;
  }
  draw_nodes();
  draw_waits();
  setTimeout(poll_status, k_status_interval_ms);
}

// ---- Blocks ----------------------------------------------------------------------------------
function draw_operation(operation) {
  const name = operation.contract + '.' + operation.operation;
  if (operation.code_name !== 'ok') {
    return make('li', {class: 'bad'}, make('code', {}, name), ' ',
                say('refused', code_words(operation.code_name).meaning), ' ',
                make('code', {}, operation.code_name));
  }
  if (operation.withheld) return make('li', {}, make('code', {}, name), ' ', say('ok'));
  if (operation.events.length === 0) return make('li', {}, make('code', {}, name), ' ', say('ok'));
  const told = operation.events.map((event) => make('span', {title: event.name},
      words_of(EVENTS, event.name), ' ', foreign(event.subject, 'id')));
  return make('li', {}, ...told.flatMap((span, i) => (i ? ['; ', span] : [span])), ' ',
              make('code', {class: 'quiet'}, name));
}

function draw_transaction(transaction) {
  const item = make('li', {}, draw_link(transaction.transaction), ' ', foreign(transaction.sender, 'quiet'));
  if (transaction.code_name !== 'ok') {
    item.append(' ', make('span', {class: 'bad'},
                          say('refused', code_words(transaction.code_name).meaning)));
  }
  item.append(make('ul', {}, ...transaction.operations.map(draw_operation)));
  return item;
}

/** How many operations were of one kind and ended alike: all that the chain tells anybody. */
function draw_tally(tally) {
  const name = tally.contract ? make('code', {}, foreign(tally.contract + '.' + tally.operation))
                              : say('no_operation');
  if (tally.code_name === 'ok') return make('li', {}, name, ' × ' + tally.count);
  return make('li', {class: 'bad'}, name, ' × ' + tally.count + ' ',
              say('refused', code_words(tally.code_name).meaning), ' ',
              make('code', {}, tally.code_name));
}

function draw_link(transaction) {
  return make('button', {type: 'button', class: 'link id',
                         onclick: () => show_transaction(transaction)}, transaction.slice(0, 12));
}

function draw_links(message) {
  const told = new Set(message.transactions.map((transaction) => transaction.transaction));
  const others = message.block.receipts.filter((receipt) => !told.has(receipt.transaction));
  const links = others.slice(0, k_links_of_block).flatMap((receipt) =>
      [draw_link(receipt.transaction), ' ']);
  if (others.length > k_links_of_block) links.push(say('others', others.length - k_links_of_block));
  return make('p', {class: 'quiet links'}, ...links);
}

/** Whether what is told has the text somewhere, operations by the names that the page shows. */
function names(told, text) {
  const operations = told.operations.map((one) => one.contract + '.' + one.operation);
  return JSON.stringify([told, operations]).includes(text);
}

function draw_block(message) {
  const wanted = id('filter').value.trim();
  if (!names(message, wanted)) return null;
  const shown = message.transactions.filter((transaction) => names(transaction, wanted));
  const item = make('li', {'data-height': message.block.height},
                    make('strong', {}, say('block', message.block.height)), ' ',
                    make('span', {class: 'quiet'},
                         say('transactions', message.block.receipts.length)),
                    make('ul', {class: 'tallies'}, ...message.operations.map(draw_tally)),
                    make('ul', {}, ...shown.map(draw_transaction)));
  if (message.others > 0) item.append(draw_links(message));
  return item;
}

function draw_blocks() {
  id('blocks').replaceChildren(...blocks.map(draw_block).filter((item) => item !== null));
}

function add_block(message) {
  blocks.unshift(message);
  const item = draw_block(message);
  if (item) id('blocks').prepend(item);
  if (blocks.length <= k_blocks_kept) return;
  blocks.pop();
  while (id('blocks').children.length > k_blocks_kept) id('blocks').lastChild.remove();
}

function draw_live(live) {
  id('live').textContent = say(live ? 'live' : 'not_live');
  id('live').dataset.live = live ? 'yes' : 'no';
}

/** Follows from a height; after an interruption from the next block that is not shown yet. */
function follow(from) {
  const url = new URL('/events?from=' + from, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  let next = from;
  socket.onopen = () => draw_live(true);
  socket.onmessage = (event) => {
    const message = JSON.parse(event.data);
    next = message.block.height + 1;
    add_block(message);
  };
  socket.onclose = () => {
    draw_live(false);
    // Far behind, the blocks between are left out: the newest are what the page shows.
    const newest = status ? status.executed_height + 1 - k_blocks_before : 1;
    setTimeout(() => follow(Math.max(next, newest)), k_retry_ms);
  };
}

// ---- Looking things up -----------------------------------------------------------------------
/** Draws an answer now, and again when the language changes. */
function answer(name, draw) {
  redraws[name] = () => id(name + '-answer').replaceChildren(...draw());
  redraws[name]();
}

async function look_up(name, path, draw, body) {
  try {
    const {good, value} = await ask(path, body);
    answer(name, () => (good ? draw(value) : [refusal(value.name, value.detail)]));
    return good;
  } catch {
    answer(name, () => [make('div', {class: 'box warn'}, say('silent_node'))]);
    return false;
  }
}

function draw_receipt(receipt) {
  const head = say('executed_in', receipt.height, receipt.index + 1);
  const operations = receipt.operations.map((operation) => {
    const item = draw_operation({...operation, operation: operation.method});
    if (operation.code_name !== 'ok') item.append(refusal(operation.code_name, operation.detail));
    return item;
  });
  const parts = [make('p', {}, head), make('ul', {}, ...operations)];
  if (receipt.code_name !== 'ok') parts.push(refusal(receipt.code_name, receipt.detail));
  if (receipt.withheld) parts.push(make('p', {class: 'quiet'}, say('withheld')));
  return parts;
}

function show_transaction(transaction) {
  id('transaction').elements.id.value = transaction;
  id('transaction').scrollIntoView({block: 'nearest'});
  look_up('transaction', '/transactions/' + encodeURIComponent(transaction), draw_receipt);
}

/** A value of an answer as a list of names and values. */
function draw_value(value) {
  if (value === null || typeof value !== 'object') return foreign(value === null ? '–' : value);
  if (Array.isArray(value)) {
    if (value.length === 0) return make('span', {class: 'quiet'}, say('none'));
    return make('ul', {}, ...value.map((part) => make('li', {}, draw_value(part))));
  }
  return make('dl', {}, ...Object.entries(value).flatMap(
      ([name, part]) => [make('dt', {}, name), make('dd', {}, draw_value(part))]));
}

const submitted = (name, action) => id(name).addEventListener('submit', (event) => {
  event.preventDefault();
  action(Object.fromEntries(new FormData(event.target)));
});

submitted('transaction', (fields) => show_transaction(fields.id));
submitted('verify', (fields) => look_up(
    'verify', '/query/invoice/verify',
    ({matches}) => [make('p', {class: matches ? 'box good' : 'box warn'},
                         say(matches ? 'matches' : 'matches_not'))], fields));
submitted('directory', async ({id: wanted}) => {
  const entry = await look_up('directory', '/query/directory/directory', (found) => [draw_value(found)],
                              {id: wanted});
  if (entry) return;
  // No entry of this id, or it is not shown to readers of this page: perhaps it is a department.
  try {
    const {good, value} = await ask('/query/directory/directories', {department: wanted});
    if (good && value.directories.length > 0) {
      answer('directory', () => [draw_value(value.directories)]);
    }
  } catch {
    // The refusal of the entry stands.
  }
});
id('filter').addEventListener('input', draw_blocks);

// ---- The contracts ---------------------------------------------------------------------------
function draw_methods(title, methods) {
  return [make('h3', {}, say(title)), make('dl', {lang: 'en'}, ...methods.flatMap(
      (method) => [make('dt', {}, make('code', {}, method.name)), make('dd', {}, method.summary)]))];
}

async function load_contracts() {
  const {value} = await ask('/contracts');
  redraws.contracts = () => id('contracts').replaceChildren(...value.contracts.map(
      (contract) => make('details', {}, make('summary', {}, contract.name),
                         ...draw_methods('operations', contract.operations),
                         ...draw_methods('queries', contract.queries))));
  redraws.contracts();
}

// ---- Language --------------------------------------------------------------------------------
function draw_all() {
  document.documentElement.lang = language ? 'zh' : 'en';
  for (const element of document.querySelectorAll('[data-word]')) {
    element.textContent = say(element.dataset.word);
  }
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String((button.dataset.language === 'zh') === (language === 1)));
  }
  draw_nodes();
  draw_waits();
  draw_condition();
  draw_blocks();
  if (id('live').dataset.live) draw_live(id('live').dataset.live === 'yes');
  for (const redraw of Object.values(redraws)) redraw();
}

for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => {
    language = button.dataset.language === 'zh' ? 1 : 0;
    draw_all();
  });
}

async function begin() {
  draw_all();
  await Promise.allSettled([load_codes(), load_contracts(), poll_status()]);
  poll_condition();
  follow(Math.max(1, (status ? status.executed_height : 0) + 1 - k_blocks_before));
}
begin();
