// Charts on one time axis: scales, panels, and what each shows under the cursor.
'use strict';

const LEFT = 46, RIGHT = 10, LANE = 27;
const KINDS = {
  availability: {title: 'Availability', height: 120, area: true},
  latency: {title: 'Latency', height: 140, log: true, stepped: true},
  requests: {title: 'Requests', height: 120},
  errors: {title: 'Failed requests by cause', height: 110, stacked: true},
  targets: {title: 'Targets', height: 90, stepped: true, whole: true},
  capacity: {title: 'Capacity', height: 90, stepped: true, whole: true},
  cpu: {title: 'CPU', height: 100, stepped: true},
  'data stores': {title: 'Data stores', lanes: true},
};
const COLORS = {p50: 'var(--c3)', p95: 'var(--c0)', p99: 'var(--c2)', good: 'var(--ok)',
  intended: 'var(--c7)', availability: 'var(--ok)'};

function svg(tag, attributes, parent) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  if (parent) parent.append(node);
  return node;
}

function html(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function clock(seconds) {
  const s = Math.floor(Math.abs(seconds) + 1e-9), two = (n) => String(n).padStart(2, '0');
  const text = two(Math.floor(s / 60) % 60) + ':' + two(s % 60);
  return (seconds < 0 && s > 0 ? '-' : '') + (s >= 3600 ? Math.floor(s / 3600) + ':' : '') + text;
}

function figure(value) {
  if (value === null || value === undefined) return '\u2013';
  const size = Math.abs(value), digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', {maximumFractionDigits: digits});
}

function withUnit(value, unit) {
  if (value === null || value === undefined) return '\u2013';
  const cut = unit === '%' ? Math.floor(value * 100) / 100 : value;
  return figure(cut) + (unit === '1/s' ? '/s' : unit ? '\u2009' + unit : '');
}

// Index of the value in force at a time, or -1.
function indexAt(series, time) {
  if (series.step) {
    const i = Math.floor(time / series.step + 1e-9);
    return i < 0 || i >= series.v.length ? -1 : i;
  }
  let low = 0, high = series.t.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (series.t[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function valueAt(series, time) {
  const i = indexAt(series, time);
  return i < 0 ? null : series.v[i];
}

function timeOf(series, i) { return series.step ? i * series.step : series.t[i]; }

function extent(list) {
  let least = Infinity, most = -Infinity;
  for (const series of list) {
    for (const v of series.v) {
      if (v === null) continue;
      if (v < least) least = v;
      if (v > most) most = v;
    }
  }
  return least > most ? [0, 1] : [least, most];
}

function niceStep(range, count) {
  const raw = range / count, power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].find((m) => m * power >= raw) * power;
}

function timeStep(range, count) {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200];
  return steps.find((s) => range / s <= count) || 86400;
}

function logScale(list, height) {
  const positive = list.map((s) => ({v: s.v.map((v) => (v > 0 ? v : null))}));
  const [least, most] = extent(positive);
  const low = Math.floor(Math.log10(least)), high = Math.max(low + 1, Math.ceil(Math.log10(most)));
  const ticks = [];
  for (let e = low; e <= high; ++e) {
    ticks.push(10 ** e);
    if (high - low <= 1 && e < high) ticks.push(2 * 10 ** e, 5 * 10 ** e);
  }
  const y = (v) => height * (1 - (Math.log10(Math.max(v, 10 ** low)) - low) / (high - low));
  return {y, ticks};
}

function linearScale(list, kind, unit, height) {
  let [least, most] = extent(list);
  if (kind.area && unit === '%') {
    most = 100;
    least = least < 90 ? 0 : least < 99 ? 90 : 99;
  } else {
    least = Math.min(0, least);
    if (kind.stacked) most = Math.max(...stackTops(list), 0);
    most = Math.max(most * 1.06, least + (kind.whole ? 2 : 1e-3));
    if (unit === '%') most = most > 60 ? Math.max(100, most) : most;
  }
  const step = Math.max(niceStep(most - least, height / 32), kind.whole ? 1 : 0), ticks = [];
  for (let v = Math.ceil(least / step) * step; v <= most + step * 1e-6; v += step) ticks.push(v);
  return {y: (v) => height * (1 - (v - least) / (most - least)), ticks};
}

function stackTops(list) {
  const times = commonTimes(list);
  return times.map((t) => list.reduce((sum, s) => sum + (valueAt(s, t) || 0), 0));
}

function commonTimes(list) {
  const times = new Set();
  for (const s of list) for (let i = 0; i < s.v.length; ++i) times.add(timeOf(s, i));
  return [...times].sort((a, b) => a - b);
}

function linePath(series, x, y, stepped, until) {
  let path = '', pen = false;
  for (let i = 0; i < series.v.length; ++i) {
    const v = series.v[i];
    if (v === null) {
      pen = false;
      continue;
    }
    const px = x(timeOf(series, i)).toFixed(1), py = y(v).toFixed(1);
    path += !pen ? `M${px} ${py}` : stepped ? `H${px}V${py}` : `L${px} ${py}`;
    if (stepped) {
      const next = i + 1 < series.v.length ? timeOf(series, i + 1) : until;
      path += 'H' + x(Math.min(until, next)).toFixed(1);
    }
    pen = true;
  }
  return path;
}

function colorOf(series, list) {
  if (COLORS[series.name]) return COLORS[series.name];
  if (list.length === 1) return 'var(--c0)';
  if (series.panel === 'errors') {
    return `var(--c${[4, 1, 2, 0, 6, 5, 3, 7][list.indexOf(series) % 8]})`;
  }
  const groups = [...new Set(list.map(groupOf))];
  return `var(--c${groups.indexOf(groupOf(series)) % 7})`;
}

// "web desired" and "web in service" share a colour; what is wanted is dotted.
function groupOf(series) { return series.name.split(' ')[0]; }
function isWanted(series) { return /(^| )(intended|desired|registered)$/.test(series.name); }

function axisText(v, unit) {
  if (unit === 'ms') return v >= 1000 ? v / 1000 + ' s' : v + ' ms';
  return unit === '%' ? figure(v) + ' %' : figure(v);
}

function drawFrame(node, view, width, height, scale, unit) {
  const {x, ticks} = view;
  for (const [from, to] of view.faults) {
    const a = Math.max(LEFT, x(from)), b = Math.min(width - RIGHT, x(to));
    if (b > a) svg('rect', {class: 'fault', x: a, y: 0, width: b - a, height}, node);
  }
  for (const t of ticks) {
    svg('line', {class: 'grid', x1: x(t), x2: x(t), y1: 0, y2: height}, node);
  }
  if (!scale) return;
  for (const v of scale.ticks) {
    const y = Math.round(scale.y(v));
    svg('line', {class: v === 0 ? 'zero' : 'grid', x1: LEFT, x2: width - RIGHT, y1: y, y2: y},
        node);
    const label = svg('text', {x: LEFT - 7, y: y + 4, 'text-anchor': 'end'}, node);
    label.textContent = axisText(v, unit);
  }
}

function drawStack(node, list, view, scale) {
  const times = commonTimes(list), floor = times.map(() => 0);
  for (const series of list) {
    let up = '', down = '';
    times.forEach((t, i) => {
      const low = floor[i];
      floor[i] += valueAt(series, t) || 0;
      const px = view.x(t).toFixed(1);
      up += (i ? 'L' : 'M') + px + ' ' + scale.y(floor[i]).toFixed(1);
      down = 'L' + px + ' ' + scale.y(low).toFixed(1) + down;
    });
    svg('path', {class: 'stack', d: up + down + 'Z', style: 'fill:' + colorOf(series, list)}, node);
  }
}

function drawLines(node, list, view, scale, kind, height) {
  const ordered = [...list].sort((a, b) => isWanted(b) - isWanted(a));
  for (const series of ordered) {
    const color = colorOf(series, list), wanted = isWanted(series);
    const d = linePath(series, view.x, scale.y, kind.stepped, view.duration);
    if (!d) continue;
    if (series.name === 'good') {
      const first = view.x(0).toFixed(1), last = view.x(timeOf(series, series.v.length - 1));
      svg('path', {class: 'area', d: `${d}L${last.toFixed(1)} ${height}L${first} ${height}Z`,
        style: 'fill:' + color}, node);
    }
    const dash = wanted ? ';stroke-dasharray:2 3' : '';
    svg('path', {class: 'line', d, style: `stroke:${color}${dash}`}, node);
  }
}

// One bar a store: green while it serves, red while it does not.
function drawLanes(node, list, view, width) {
  list.forEach((series, row) => {
    const top = row * LANE;
    const name = svg('text', {class: 'lane-name', x: LEFT + 4, y: top + 11}, node);
    name.textContent = series.name.replace(/ serving$/, '');
    let from = 0;
    for (let i = 1; i <= series.v.length; ++i) {
      if (i < series.v.length && (series.v[i] > 0) === (series.v[from] > 0) &&
          (series.v[i] === null) === (series.v[from] === null)) continue;
      const end = i < series.v.length ? timeOf(series, i) : view.duration;
      const a = Math.max(LEFT, view.x(timeOf(series, from)));
      const b = Math.min(width - RIGHT, view.x(end));
      if (series.v[from] !== null && b > a) {
        svg('rect', {x: a, y: top + 15, width: b - a, height: 8,
          style: 'fill:' + (series.v[from] > 0 ? 'var(--ok)' : 'var(--c4)')}, node);
      }
      from = i;
    }
  });
}

function legend(panel, list, kind) {
  const head = html('div', 'panel-head');
  head.append(html('b', '', kind.title));
  const shown = list.map((series) => {
    const key = html('span', 'key'), swatch = html('i', isWanted(series) ? 'dashed' : '');
    swatch.style.color = colorOf(series, list);
    const value = html('b');
    if (!kind.lanes) key.append(swatch);
    key.append(series.name, ' ', value);
    head.append(key);
    return [series, value];
  });
  panel.append(head);
  return (time) => {
    for (const [series, value] of shown) {
      const v = time === null ? undefined : valueAt(series, time);
      value.textContent = time === null ? '' : kind.lanes ? (v > 0 ? 'serving' : v === null ?
          '\u2013' : 'down') : withUnit(v, series.unit);
    }
  };
}

// Draws one panel into `parent`; returns {node, height, show(time)}.
function drawPanel(parent, name, list, view, width, number) {
  const kind = KINDS[name] || {title: name[0].toUpperCase() + name.slice(1), height: 100};
  const height = kind.lanes ? list.length * LANE : kind.height;
  const panel = html('div', 'panel');
  const show = legend(panel, list, kind);
  const node = svg('svg', {viewBox: `0 0 ${width} ${height}`, height, role: 'img',
    'aria-label': kind.title + ' over time'});
  const clip = svg('clipPath', {id: 'clip' + number}, svg('defs', {}, node));
  svg('rect', {x: LEFT, y: -2, width: width - LEFT - RIGHT, height: height + 4}, clip);
  const scale = kind.lanes ? null : kind.log ? logScale(list, height)
                                             : linearScale(list, kind, list[0].unit, height);
  drawFrame(node, view, width, height, scale, list[0].unit);
  const inside = svg('g', {'clip-path': `url(#clip${number})`}, node);
  if (kind.lanes) drawLanes(inside, list, view, width);
  else if (kind.stacked) drawStack(inside, list, view, scale);
  else drawLines(inside, list, view, scale, kind, height);
  panel.append(node);
  parent.append(panel);
  return {node, height, show};
}
