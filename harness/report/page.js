// The page: texts and tables from the data, and the timeline's cursor, zoom and event list.
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
const MARK_COLORS = {fault: 'var(--c4)', rds: 'var(--c2)', scaling: 'var(--c0)',
  alarm: 'var(--c1)', targets: 'var(--c3)', cache: 'var(--c6)', other: 'var(--c7)'};
const colorOfMark = (mark) => MARK_COLORS[mark.category] || MARK_COLORS.other;
const PANEL_ORDER = Object.keys(KINDS);
const hidden = new Set();
let view = [0, data.duration || 1], panels = [], flags = [], drag = null, cursor = null, hot = null;

data.marks.forEach((mark, i) => { mark.number = i + 1; });

function fillHead() {
  document.documentElement.lang = 'en';
  $('badge').textContent = (data.ok ? '\u2713 ' : '\u2717 ') + data.verdict;
  $('badge').classList.toggle('ok', data.ok);
  $('title').textContent = data.title;
  $('reason').textContent = (data.mustFail ? 'Fragile twin: ' : '') + data.reason;
  $('description').textContent = data.description;
  $('description').hidden = !data.description;
  const rows = [['Drill', data.drill], ['Region', data.region], ['Seed', data.seed],
    ['Latencies', data.latency], ['Starts', data.start.replace('T', ' ').replace('Z', ' UTC')],
    ['Simulated', clock(data.duration)], ['Deployed in', figure(data.deploySeconds) + ' s'],
    ['Stormed in', figure(data.stormSeconds) + ' s']];
  for (const [name, value] of rows) {
    const row = html('div');
    row.append(html('dt', '', name), html('dd', '', value));
    $('meta').append(row);
  }
  $('reproduce').hidden = !data.reproduce;
  $('reproduce').querySelector('code').textContent = data.reproduce;
  const button = $('reproduce').querySelector('button');
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.reproduce);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren($('reproduce').querySelector('code'));
    }
  };
  $('foot').textContent = 'The same seed gives the same run. Journal ' + data.hash + '.';
  for (const [name, value] of data.facts) {
    const fact = html('div', 'fact');
    const grouped = /^\d{4,}$/.test(value) ? Number(value).toLocaleString('en-US') : value;
    fact.append(html('b', '', grouped), html('span', '', name));
    $('facts').append(fact);
  }
}

function checkRow(check) {
  const row = html('tr', check.passed ? '' : 'failed');
  let more = null;
  const sign = html('td', check.passed ? 'pass' : 'fail', check.passed ? '\u2713' : '\u2717');
  sign.setAttribute('aria-label', check.passed ? 'held' : 'failed');
  const title = html('td', 'title');
  title.append(html('b', '', check.title || check.id), html('code', '', check.id));
  if (check.mustFail) title.append(html('span', 'tag', 'must fail in this twin'));
  if (!check.exercised) title.append(html('span', 'tag', 'never exercised'));
  if (check.details.length) {
    const details = html('details');
    const count = check.details.length;
    details.append(html('summary', '', count === 1 ? 'Detail' : count + ' details'),
                   html('pre', '', check.details.join('\n')));
    details.open = !check.passed && count <= 12;
    more = html('tr', check.passed ? 'more' : 'more failed');
    const cell = html('td');
    cell.colSpan = 4;
    cell.append(details);
    more.append(html('td'), cell);
  }
  row.append(sign, title, html('td', 'measured', check.measured), html('td', 'bound', check.bound),
             html('td', 'because', check.because));
  return more ? [row, more] : [row];
}

function fillTables() {
  const failed = data.checks.filter((c) => !c.passed).length;
  $('check-count').textContent = failed ? `${failed} of ${data.checks.length} failed`
                                        : `${data.checks.length} held`;
  const ordered = [...data.checks].sort((a, b) => a.passed - b.passed);
  $('checks').append(...ordered.flatMap(checkRow));
  $('phases-card').hidden = !data.phases.length;
  for (const p of data.phases) {
    const share = p.intended ? Math.floor(p.good / p.intended * 1e5) / 1e3 + ' %' : '\u2013';
    const row = html('tr');
    const cells = [p.name, clock(p.from), clock(p.to), p.intended.toLocaleString('en-US'),
      p.good.toLocaleString('en-US'), share,
      ...[p.p50, p.p95, p.p99, p.max].map((v) => withUnit(v, 'ms'))];
    row.append(...cells.map((text) => html('td', '', text)), html('td', 'words', p.worst));
    $('phases').append(row);
  }
}

function faultWindows() {
  const during = data.phases.filter((p) => p.name.startsWith('during'));
  return during.map((p) => [p.from, p.to]);
}

function shownMarks() { return data.marks.filter((m) => !hidden.has(m.category)); }

function fillEvents() {
  const categories = [...new Set(data.marks.map((m) => m.category))];
  for (const category of categories) {
    const button = html('button'), dot = html('span', 'dot');
    dot.style.background = colorOfMark({category});
    button.type = 'button';
    button.setAttribute('aria-pressed', 'true');
    button.append(dot, category);
    button.onclick = () => {
      if (!hidden.delete(category)) hidden.add(category);
      button.setAttribute('aria-pressed', String(!hidden.has(category)));
      draw();
    };
    $('filters').append(button);
  }
  $('events-side').hidden = !data.marks.length;
  $('event-count').textContent = data.marks.length;
  for (const mark of data.marks) {
    const item = html('li'), number = html('span', 'no', mark.number), what = html('span', 'what');
    number.style.background = colorOfMark(mark);
    what.append(mark.text);
    if (mark.subject && !mark.text.includes(mark.subject)) {
      what.append(html('span', 'who', mark.subject));
    }
    item.append(number, html('time', '', clock(mark.at)), what);
    item.onmouseenter = () => { heat(mark, false); moveCursor(mark.at); };
    item.onmouseleave = () => { heat(null, false); moveCursor(null); };
    mark.item = item;
    $('events').append(item);
  }
}

// Labels too near to each other become one: "4-7".
function flagGroups(x) {
  const groups = [];
  for (const mark of shownMarks()) {
    if (mark.at < view[0] || mark.at > view[1]) continue;
    const last = groups[groups.length - 1], at = x(mark.at);
    if (last && at - last.x < 44) last.marks.push(mark);
    else groups.push({x: at, marks: [mark]});
  }
  return groups;
}

function drawFlags(parent, scaled, width) {
  const strip = svg('svg', {viewBox: `0 0 ${width} 40`, height: 40, 'aria-hidden': 'true'});
  for (const t of scaled.ticks) {
    const label = svg('text', {x: scaled.x(t), y: 12, 'text-anchor': 'middle'}, strip);
    label.textContent = clock(t);
  }
  flags = flagGroups(scaled.x).map((group) => {
    const numbers = group.marks.map((m) => m.number), most = Math.max(...numbers);
    const text = numbers.length > 1 ? `${numbers[0]}\u2013${most}` : String(numbers[0]);
    const wide = Math.max(16, text.length * 6.4 + 6), color = colorOfMark(
      group.marks.find((m) => m.category === 'fault') || group.marks[0]);
    const center = Math.min(Math.max(group.x, LEFT + wide / 2), width - wide / 2);
    const node = svg('g', {class: 'flag'}, strip);
    svg('rect', {x: center - wide / 2, y: 20, width: wide, height: 16, style: 'fill:' + color},
        node);
    svg('text', {x: center, y: 32}, node).textContent = text;
    node.addEventListener('mouseenter', () => heat(group.marks[0], true));
    return {node, marks: group.marks};
  });
  const panel = html('div', 'panel');
  panel.append(strip);
  parent.append(panel);
}

function drawMarks(panel, scaled) {
  panel.lines = new Map();
  for (const mark of shownMarks()) {
    if (mark.at < view[0] || mark.at > view[1]) continue;
    const x = scaled.x(mark.at);
    const line = svg('line', {class: mark.category === 'fault' ? 'mark strong' : 'mark', x1: x,
      x2: x, y1: 0, y2: panel.height, style: 'stroke:' + colorOfMark(mark)}, panel.node);
    panel.lines.set(mark, line);
  }
  panel.cursor = svg('line', {class: 'cursor', y1: 0, y2: panel.height, visibility: 'hidden'},
                     panel.node);
  panel.chosen = svg('rect', {class: 'chosen', y: 0, height: panel.height, visibility: 'hidden'},
                     panel.node);
}

function scales(width) {
  const [from, to] = view, inner = width - LEFT - RIGHT;
  const step = timeStep(to - from, inner / 70), ticks = [];
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) ticks.push(t);
  return {x: (t) => LEFT + (t - from) / (to - from) * inner, ticks, faults: faultWindows(),
    duration: data.duration, time: (x) => from + (x - LEFT) / inner * (to - from)};
}

function draw() {
  const root = $('charts'), width = Math.max(300, root.clientWidth), scaled = scales(width);
  root.replaceChildren();
  drawFlags(root, scaled, width);
  const rank = (name) => (PANEL_ORDER.includes(name) ? PANEL_ORDER.indexOf(name) : 99);
  const names = [...new Set(data.series.map((s) => s.panel))].sort((a, b) => rank(a) - rank(b));
  panels = names.map((name, i) => {
    const list = data.series.filter((s) => s.panel === name);
    const panel = drawPanel(root, name, list, scaled, width, i);
    drawMarks(panel, scaled);
    return panel;
  });
  for (const mark of data.marks) mark.item.hidden = hidden.has(mark.category);
  $('whole').hidden = view[0] === 0 && view[1] === data.duration;
  $('timeline-card').hidden = !names.length && !data.marks.length;
  const side = innerWidth > 980 ? Math.max(320, root.offsetHeight - 80) + 'px' : '';
  $('events').style.maxHeight = side;
  moveCursor(cursor);
}

function heat(mark, reveal) {
  if (mark === hot) return;
  hot = mark;
  for (const m of data.marks) m.item.classList.toggle('hot', m === mark);
  for (const flag of flags) flag.node.classList.toggle('hot', flag.marks.includes(mark));
  for (const panel of panels) {
    for (const [m, line] of panel.lines) line.classList.toggle('hot', m === mark);
  }
  if (mark && reveal) {
    const list = $('events');
    list.scrollTop = mark.item.offsetTop - list.offsetTop - list.clientHeight / 3;
  }
}

function moveCursor(time) {
  cursor = time;
  const seen = time !== null && time >= view[0] && time <= view[1];
  const x = seen ? scales(Math.max(300, $('charts').clientWidth)).x(time) : 0;
  for (const panel of panels) {
    panel.cursor.setAttribute('visibility', seen ? 'visible' : 'hidden');
    panel.cursor.setAttribute('x1', x);
    panel.cursor.setAttribute('x2', x);
    panel.show(seen ? time : null);
  }
  const when = new Date((data.startUnix + (time || 0)) * 1000).toISOString().slice(11, 19);
  $('clock').textContent = seen ? `${clock(time)}  (${when} UTC)` : '';
}

function pointerTime(event) {
  const box = $('charts').getBoundingClientRect();
  const time = scales(Math.max(300, $('charts').clientWidth)).time(event.clientX - box.left);
  return Math.min(view[1], Math.max(view[0], time));
}

function pointerMoved(event) {
  const time = pointerTime(event), scaled = scales(Math.max(300, $('charts').clientWidth));
  moveCursor(time);
  let near = null;
  for (const mark of shownMarks()) {
    const off = Math.abs(scaled.x(mark.at) - scaled.x(time));
    if (off < 5 && (!near || off < near.off)) near = {mark, off};
  }
  heat(near && near.mark, true);
  if (drag === null) return;
  const [a, b] = [scaled.x(Math.min(drag, time)), scaled.x(Math.max(drag, time))];
  for (const panel of panels) {
    panel.chosen.setAttribute('visibility', 'visible');
    panel.chosen.setAttribute('x', a);
    panel.chosen.setAttribute('width', b - a);
  }
}

function zoom(from, to) {
  view = [from, to];
  draw();
}

function listen() {
  const root = $('charts');
  root.addEventListener('pointermove', pointerMoved);
  root.addEventListener('pointerleave', () => { drag = null; heat(null); moveCursor(null); });
  root.addEventListener('pointerdown', (event) => { drag = pointerTime(event); });
  root.addEventListener('pointerup', (event) => {
    const from = drag, to = pointerTime(event);
    drag = null;
    if (from !== null && Math.abs(to - from) > (view[1] - view[0]) / 100) {
      zoom(Math.min(from, to), Math.max(from, to));
    } else {
      for (const panel of panels) panel.chosen.setAttribute('visibility', 'hidden');
    }
  });
  root.addEventListener('keydown', (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (event.key === 'Escape') zoom(0, data.duration);
    if (!step) return;
    event.preventDefault();
    const by = (view[1] - view[0]) / (event.shiftKey ? 20 : 200);
    const at = cursor === null ? view[0] : cursor + step * by;
    moveCursor(Math.min(view[1], Math.max(view[0], at)));
  });
  $('whole').onclick = () => zoom(0, data.duration);
  let width = root.clientWidth;
  new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    draw();
  }).observe(root);
}

$('page').hidden = false;
fillHead();
fillTables();
fillEvents();
draw();
listen();
