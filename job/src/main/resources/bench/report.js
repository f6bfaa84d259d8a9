const byId = id => document.getElementById(id);
const finite = x => Number.isFinite(Number(x)) && x !== null ? Number(x) : null;
const show = x => finite(x) === null ? '' : Math.abs(x) >= 1e6 ? (x / 1e6).toFixed(2) + ' M' : Number.isInteger(Number(x)) ? String(x) : Number(x).toFixed(2);
const element = (tag, text) => { const e = document.createElement(tag); e.textContent = text; return e; };
const charts = {};
const draw = (id, option) => {
  charts[id] = charts[id] || echarts.init(byId(id), null, { renderer: 'svg' });
  charts[id].setOption({ animation: false, grid: { left: 60, right: 30, top: 40, bottom: 55 }, ...option }, true);
};
addEventListener('resize', () => Object.values(charts).forEach(chart => chart.resize()));

for (const sweep of data.varied) {
  const id = 'sweep-' + sweep.key;
  byId('sweeps').append(element('h2', 'Over ' + sweep.key));
  const box = document.createElement('div');
  box.id = id; box.className = 'chart';
  byId('sweeps').append(box);
  const learners = [...new Set(sweep.points.map(p => p.learner))];
  const line = (learner, figure, axis, suffix) => {
    const points = sweep.points.filter(p => p.learner === learner).sort((a, b) => a.value - b.value);
    return [{ name: learner + suffix, type: 'line', yAxisIndex: axis, symbolSize: 7, lineStyle: { type: axis ? 'dashed' : 'solid' },
      data: points.map(p => [p.value, p[figure].mean]) },
    { name: learner + suffix, type: 'custom', yAxisIndex: axis, encode: { x: 0, y: [1, 2] }, tooltip: { show: false }, z: 1,
      renderItem: (params, api) => {
        const x = api.coord([api.value(0), api.value(1)]), y = api.coord([api.value(0), api.value(2)]);
        return { type: 'line', shape: { x1: x[0], y1: x[1], x2: y[0], y2: y[1] }, style: { stroke: api.visual('color'), lineWidth: 1.5 } };
      },
      data: points.filter(p => finite(p[figure].deviation)).map(p => [p.value, p[figure].mean - p[figure].deviation, p[figure].mean + p[figure].deviation]) }];
  };
  draw(id, {
    grid: { left: 60, right: 60, top: 40, bottom: 55 }, legend: { top: 0 }, tooltip: { trigger: 'axis', valueFormatter: show },
    xAxis: { type: 'value', name: sweep.key, nameLocation: 'middle', nameGap: 28, scale: true },
    yAxis: [{ type: 'value', name: 'accuracy, per image %', scale: true }, { type: 'value', name: 'components', min: 0, minInterval: 1, splitLine: { show: false } }],
    series: learners.flatMap(l => [...line(l, 'accuracy', 0, ''), ...line(l, 'components', 1, ', components')])
  });
}

const choose = byId('choose');
data.runs.forEach((run, i) => choose.append(new Option(`${run.setup.name}, seed ${run.setup.plan.seed}`, i)));
choose.addEventListener('change', () => detail(data.runs[choose.value]));

function overStream(id, run, name, values, extra) {
  const created = run.changes.expansions.map(b => ({ xAxis: b.image, label: { formatter: 'component ' + b.component, position: 'end', rotate: 30, align: 'left', distance: 4, color: '#b3261e', fontSize: 10 },
    lineStyle: { color: '#b3261e', type: 'solid', width: 1 } }));
  const changes = run.trace.changes.map(x => ({ xAxis: x, label: { show: false }, lineStyle: { color: '#666', type: 'dashed' } }));
  draw(id, {
    grid: { left: 60, right: 70, top: 65, bottom: 50 }, tooltip: { trigger: 'axis', valueFormatter: show },
    xAxis: { type: 'value', name: 'images', nameLocation: 'middle', nameGap: 28, max: 'dataMax' },
    yAxis: { type: 'value', name, nameTextStyle: { align: 'left' }, ...extra },
    series: [{ name, type: 'line', showSymbol: false, lineStyle: { width: 1.5 }, data: run.trace.image.map((x, i) => [x, values[i]]),
      markLine: { animation: false, silent: true, symbol: 'none', data: [...changes, ...created, ...(extra.limit ? [{ yAxis: extra.limit, label: { formatter: 'threshold', position: 'insideStartTop' }, lineStyle: { color: '#b3261e' } }] : [])] } }]
  });
}

function detail(run) {
  overStream('accuracy', run, 'test-then-train accuracy %', run.trace.accuracy.map(a => 100 * a), { min: 0, max: 100 });
  const novelty = run.trace.novelty.map(finite);
  byId('novelty').style.display = novelty.some(x => x !== null) ? '' : 'none';
  if (novelty.some(x => x !== null)) {
    charts.novelty && charts.novelty.resize();
    overStream('novelty', run, 'novelty / threshold', novelty, { min: 0, max: v => Math.min(3, Math.ceil(v.max * 10) / 10), limit: 1 });
  }
  const matrix = run.accuracies.matrix.rows, tasks = run.setup.benchmark.tasks;
  const cells = matrix.flatMap((row, i) => row.map((a, j) => [j, i, +(100 * a).toFixed(1)]));
  draw('matrix', {
    grid: { left: 95, right: 20, top: 10, bottom: 80 }, tooltip: { formatter: p => echarts.format.encodeHTML(`${tasks[p.value[0]]}, after ${tasks[p.value[1]]}: ${p.value[2]} %`) },
    xAxis: { type: 'category', data: tasks, name: 'task', nameLocation: 'middle', nameGap: 50, axisLabel: { rotate: 30 } },
    yAxis: { type: 'category', data: matrix.map((_, i) => 'after ' + tasks[i]), inverse: true },
    visualMap: { min: 0, max: 100, show: false, inRange: { color: ['#f7fbff', '#6baed6', '#08306b'] } },
    series: [{ type: 'heatmap', data: cells, label: { show: tasks.length <= 10, formatter: p => Math.round(p.value[2]) } }]
  });
  const gated = run.components.filter(p => p.gates.length);
  const width = Math.max(0, ...gated.map(p => p.gates.length));
  draw('gates', gated.length === 0 ? { title: { text: 'nothing is fused', left: 'center', top: 'middle', textStyle: { fontWeight: 'normal', fontSize: 14, color: '#777' } } } : {
    legend: { top: 0, type: 'scroll' }, tooltip: { trigger: 'axis', valueFormatter: x => x === undefined ? '' : Number(x).toFixed(3) },
    xAxis: { type: 'category', data: gated.map(p => 'component ' + p.component) }, yAxis: { type: 'value', max: 1, name: 'gate' },
    series: Array.from({ length: width }, (_, j) => ({ name: 'of ' + (j + 1), type: 'bar', stack: 'gates', data: gated.map(p => p.gates[j]) }))
  });
  byId('samples').replaceChildren(...run.components.filter(p => p.samples.length && p.samples[0]).map(p => {
    const row = element('div', ''); row.className = 'samples';
    row.append(element('span', 'component ' + p.component), ...p.samples.map(s => Object.assign(new Image(), { src: 'data:image/png;base64,' + s, alt: 'drawn by component ' + p.component })));
    return row;
  }));
}
detail(data.runs[0]);
