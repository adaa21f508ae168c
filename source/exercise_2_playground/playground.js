// The playground of this notebook: the experiment of playground.tensorflow.org, trained here in the browser.
// Parts: random numbers, data, network, the address, the page. The address says everything but the clicks.

// --- random numbers: ARC4 keyed by the text of the seed -------------------------------------------------------------

function randomStream(seed) {
  const key = [];
  let smear = 0;
  for (let j = 0; j < seed.length; j++) {
    smear ^= 19 * (key[j & 255] ?? 0);
    key[j & 255] = (smear + seed.charCodeAt(j)) & 255;
  }
  const s = Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + s[i] + key[i % key.length]) & 255;
    [s[i], s[j]] = [s[j], s[i]];
  }
  let a = 0;
  let b = 0;
  const byte = () => {
    a = (a + 1) & 255;
    b = (b + s[a]) & 255;
    [s[a], s[b]] = [s[b], s[a]];
    return s[(s[a] + s[b]) & 255];
  };
  for (let i = 0; i < 256; i++) byte(); // the first ones would tell the key
  return () => {
    let n = 0;
    for (let i = 0; i < 6; i++) n = n * 256 + byte();
    let d = 2 ** 48;
    let x = 0;
    while (n < 2 ** 52) {
      n = (n + x) * 256;
      d *= 256;
      x = byte();
    }
    while (n >= 2 ** 53) {
      n /= 2;
      d /= 2;
      x >>>= 1;
    }
    return (n + x) / d;
  };
}

// --- data: points {x, y, label} -------------------------------------------------------------------------------------

const between = (random, low, high) => random() * (high - low) + low;

function circle(n, noise, random) {
  const points = [];
  for (const [low, high] of [[0, 2.5], [3.5, 5]]) {
    for (let i = 0; i < n / 2; i++) {
      const r = between(random, low, high);
      const angle = between(random, 0, 2 * Math.PI);
      const [x, y] = [r * Math.sin(angle), r * Math.cos(angle)];
      const [dx, dy] = [between(random, -5, 5) * noise, between(random, -5, 5) * noise];
      points.push({ x, y, label: Math.hypot(x + dx, y + dy) < 2.5 ? 1 : -1 });
    }
  }
  return points;
}

function xor(n, noise, random) {
  return Array.from({ length: n }, () => {
    const [x, y] = [between(random, -5, 5), between(random, -5, 5)].map((v) => v + (v > 0 ? 0.3 : -0.3));
    const [dx, dy] = [between(random, -5, 5) * noise, between(random, -5, 5) * noise];
    return { x, y, label: (x + dx) * (y + dy) >= 0 ? 1 : -1 };
  });
}

function gauss(n, noise, random) {
  const width = Math.sqrt(0.5 + 3.5 * (noise / 0.5));
  const normal = (mean) => {
    for (;;) {
      const v = 2 * random() - 1;
      const w = 2 * random() - 1;
      const s = v * v + w * w;
      if (s <= 1) return mean + width * Math.sqrt((-2 * Math.log(s)) / s) * v;
    }
  };
  return [1, -1].flatMap((label) =>
    Array.from({ length: n / 2 }, () => ({ x: normal(2 * label), y: normal(2 * label), label })));
}

function spiral(n, noise, random) {
  return [[0, 1], [Math.PI, -1]].flatMap(([delta, label]) =>
    Array.from({ length: n / 2 }, (_, i) => {
      const r = (i / (n / 2)) * 5;
      const t = ((1.75 * i) / (n / 2)) * 2 * Math.PI + delta;
      const x = r * Math.sin(t) + between(random, -1, 1) * noise;
      return { x, y: r * Math.cos(t) + between(random, -1, 1) * noise, label };
    }));
}

function onSquare(n, noise, random, label) {
  return Array.from({ length: n }, () => {
    const [x, y, dx, dy] = [0, 0, 0, 0].map(() => between(random, -6, 6));
    return { x, y, label: label(x + dx * noise, y + dy * noise) };
  });
}

const plane = (n, noise, random) => onSquare(n, noise, random, (x, y) => (x + y) / 10);

const HILLS = [[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]];
const hills = (n, noise, random) => onSquare(n, noise, random, (x, y) =>
  HILLS.map(([a, b, sign]) => sign * (1 - Math.min(Math.hypot(x - a, y - b) / 2, 1)))
    .reduce((top, height) => (Math.abs(height) > Math.abs(top) ? height : top), 0));

const DATA = { circle, xor, gauss, spiral, "reg-plane": plane, "reg-gauss": hills };

function drawPoints(state, random) {
  const n = state.problem === "classification" ? 500 : 1200;
  const points = DATA[dataOf(state)](n, state.noise / 100, random);
  for (let left = n; left > 0;) {
    const at = Math.floor(random() * left);
    left -= 1;
    [points[left], points[at]] = [points[at], points[left]];
  }
  const cut = Math.floor((n * state.percTrainData) / 100);
  return { train: points.slice(0, cut), test: points.slice(cut) };
}

// --- network: layers of units {weights, bias, ...}, trained sample by sample -----------------------------------------

const FEATURES = {
  x: ["x₁", (x) => x], y: ["x₂", (x, y) => y], xSquared: ["x₁²", (x) => x * x], ySquared: ["x₂²", (x, y) => y * y],
  xTimesY: ["x₁x₂", (x, y) => x * y], sinX: ["sin x₁", (x) => Math.sin(x)], sinY: ["sin x₂", (x, y) => Math.sin(y)],
};
const ACTIVATIONS = { // the function, and its slope from its value
  tanh: [Math.tanh, (o) => 1 - o * o],
  relu: [(z) => Math.max(0, z), (o) => (o <= 0 ? 0 : 1)],
  sigmoid: [(z) => 1 / (1 + Math.exp(-z)), (o) => o * (1 - o)],
  linear: [(z) => z, () => 1],
};

class Network {
  constructor(state, random) {
    this.state = state;
    this.inputs = Object.keys(FEATURES).filter((name) => state[name]).map((name) => FEATURES[name][1]);
    const sizes = [this.inputs.length, ...state.networkShape, 1];
    this.layers = sizes.slice(1).map((size, at) => Array.from({ length: size }, () => ({
      weights: Array.from({ length: sizes[at] }, () => (state.initZero ? random() * 0 : random() - 0.5)),
      bias: state.initZero ? 0 : 0.1,
      sums: new Float64Array(sizes[at] + 1),
      dead: new Uint8Array(sizes[at]),
      output: 0,
      delta: 0,
    })));
    this.count = 0; // samples whose slopes are summed and not used yet: what is left over goes into the next epoch
    const last = this.layers.length - 1;
    const output = ACTIVATIONS[state.problem === "classification" ? "tanh" : "linear"];
    this.functions = this.layers.map((_, at) => (at === last ? output : ACTIVATIONS[state.activation]));
  }

  forward(x, y) {
    let before = this.inputs.map((feature) => feature(x, y));
    this.seen = before;
    this.layers.forEach((layer, at) => {
      const activate = this.functions[at][0];
      for (const unit of layer) {
        let z = unit.bias;
        for (let i = 0; i < before.length; i++) z += unit.weights[i] * before[i];
        unit.output = activate(z);
      }
      before = layer.map((unit) => unit.output);
    });
    return before[0];
  }

  backward(label) {
    for (let at = this.layers.length - 1; at >= 0; at--) {
      const slope = this.functions[at][1];
      const next = this.layers[at + 1];
      const below = at ? this.layers[at - 1].map((unit) => unit.output) : this.seen;
      this.layers[at].forEach((unit, j) => {
        const error = next ? next.reduce((sum, other) => sum + other.weights[j] * other.delta, 0) : unit.output - label;
        unit.delta = error * slope(unit.output);
        for (let i = 0; i < below.length; i++) unit.sums[i] += unit.delta * below[i];
        unit.sums[below.length] += unit.delta;
      });
    }
    this.count += 1;
  }

  update() {
    const { learningRate, regularization, regularizationRate } = this.state;
    const step = learningRate / this.count;
    for (const unit of this.layers.flat()) {
      unit.weights.forEach((w, i) => {
        if (unit.dead[i]) return;
        const pull = regularization === "L2" ? w : regularization === "L1" ? Math.sign(w) : 0;
        const stepped = w - step * unit.sums[i];
        const next = stepped - learningRate * regularizationRate * pull;
        unit.dead[i] = regularization === "L1" && stepped * next < 0; // crossed zero: gone until the next reset
        unit.weights[i] = unit.dead[i] ? 0 : next;
      });
      unit.bias -= step * unit.sums[unit.weights.length];
      unit.sums.fill(0);
    }
    this.count = 0;
  }

  epoch(points) {
    points.forEach((point, i) => {
      this.forward(point.x, point.y);
      this.backward(point.label);
      if ((i + 1) % this.state.batchSize === 0) this.update();
    });
  }

  loss(points) {
    return points.reduce((sum, p) => sum + 0.5 * (this.forward(p.x, p.y) - p.label) ** 2, 0) / points.length;
  }
}

// --- the address -----------------------------------------------------------------------------------------------------

const PAGE = "https://playground.tensorflow.org/";
const CHOICES = {
  activation: Object.keys(ACTIVATIONS), regularization: ["none", "L1", "L2"], dataset: ["circle", "xor", "gauss", "spiral"],
  regDataset: ["reg-plane", "reg-gauss"], problem: ["classification", "regression"],
};
const NUMBERS = { batchSize: 10, learningRate: 0.03, regularizationRate: 0, noise: 0, percTrainData: 50 };
const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const PENALTIES = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

const dataOf = (state) => (state.problem === "classification" ? state.dataset : state.regDataset);
const newSeed = () => Math.random().toFixed(5);

function readAddress(url) {
  const text = String(url).trim().replace(/%2C/gi, ",");
  const [site, hash] = text.split("#");
  if (site.replace("http:", "https:") !== PAGE || !hash) throw new Error(`an address begins with ${PAGE}#`);
  const given = Object.fromEntries(hash.split("&").map((part) => part.split("=")));
  const state = { activation: "tanh", regularization: "none", dataset: "circle", regDataset: "reg-plane",
    problem: "classification" };
  for (const [key, values] of Object.entries(CHOICES)) if (values.includes(given[key])) state[key] = given[key];
  for (const [key, usual] of Object.entries(NUMBERS)) {
    state[key] = given[key]?.trim() ? Number(given[key]) : usual;
    if (!Number.isFinite(state[key]) || state[key] < 0) throw new Error(`${key}=${given[key]} cannot be used`);
  }
  const shape = given.networkShape ?? "4,2";
  state.networkShape = shape.trim() ? shape.split(",").map(Number) : [];
  if (state.networkShape.length > 6 || !state.networkShape.every((n) => Number.isInteger(n) && n >= 1 && n <= 8)) {
    throw new Error("networkShape: at most 6 layers of 1 to 8 neurons");
  }
  if (state.noise > 80) state.noise = 50;
  if (!(state.batchSize >= 1 && state.batchSize <= 30)) throw new Error("batchSize: 1 to 30");
  state.percTrainData = Math.min(Math.max(state.percTrainData, 10), 90);
  for (const key of Object.keys(FEATURES)) {
    const usual = key === "x" || key === "y" ? "true" : "false";
    state[key] = (given[key]?.trim() || usual) !== "false" && (given[`${key}_hide`] ?? "false") === "false";
  }
  state.initZero = (given.initZero ?? "false") !== "false";
  state.seed = given.seed?.trim() || newSeed();
  return state;
}

function writeAddress(state) {
  const { activation, regularization, networkShape } = state;
  const parts = { activation, ...(regularization === "none" ? {} : { regularization }) };
  for (const key of ["batchSize", "dataset", "regDataset", "learningRate", "regularizationRate", "noise"]) parts[key] = state[key];
  parts.networkShape = networkShape.join(",");
  for (const key of ["seed", "percTrainData", "x", "y", "xTimesY", "xSquared", "ySquared"]) parts[key] = state[key];
  parts.cosX = false;
  parts.sinX = state.sinX;
  parts.cosY = false;
  for (const key of ["sinY", "problem", "initZero"]) parts[key] = state[key];
  return PAGE + "#" + Object.entries(parts).map(([key, value]) => `${key}=${value}`).join("&");
}

// --- the page --------------------------------------------------------------------------------------------------------

const [ORANGE, WHITE, BLUE] = [[245, 147, 34], [232, 234, 235], [8, 119, 189]];
const SIDE = 320; // pixels of the picture of the plane from -6 to 6
const CELLS = 80; // places in each direction where the network is asked

function colour(value) {
  const v = Math.max(-1, Math.min(1, value));
  const end = v < 0 ? ORANGE : BLUE;
  return WHITE.map((from, i) => Math.round(from + (end[i] - from) * Math.abs(v)));
}

function ticks(top, most) { // round numbers from 0 to top, about `most` of them
  const power = 10 ** Math.floor(Math.log10(top / most));
  const by = [1, 2, 5, 10].map((factor) => factor * power).find((step) => top / step <= most);
  return Array.from({ length: Math.floor(top / by) + 1 }, (_, i) => Number((i * by).toPrecision(6)));
}

function element(kind, properties = {}, ...children) {
  const made = Object.assign(document.createElement(kind), properties);
  made.append(...children);
  return made;
}

function render({ model, el }) {
  let state = readAddress(model.get("url"));
  let random, points, network, epoch, history, playing = false;
  let showTest = false;

  const root = element("div", { className: "pg" });
  root.dataset.lmSuppressShortcuts = "true"; // in the widget, keys are not commands of JupyterLab
  const play = element("button", { className: "pg-play", onclick: () => setPlaying(!playing) });
  const step = element("button", { textContent: "step", title: "one epoch", onclick: () => { setPlaying(false); train(); draw(); } });
  const reset = element("button", { textContent: "↺ reset", title: "the same data, other weights", onclick: () => { setPlaying(false); begin(); } });
  const shown = element("b");
  const plane = element("canvas", { width: SIDE, height: SIDE });
  const chart = element("canvas", { width: 290, height: 152 });
  const heat = element("canvas", { width: CELLS, height: CELLS });
  const [trainLoss, testLoss] = [element("b"), element("b")];
  const layers = element("div", { className: "pg-layers" });
  const address = element("input", { type: "text", spellcheck: false, ariaLabel: "address of the experiment",
    onchange: () => load(address.value), onkeydown: (event) => { if (event.key === "Enter") address.blur(); } });
  const copied = element("button", { textContent: "copy", onclick: copy });
  const said = element("div", { className: "pg-said" });
  const fields = {};

  const labelled = (text, ...children) => element("label", {}, text, ...children);

  function choice(key, text, values, names = values) {
    const select = element("select", { onchange: () => change({ [key]: typeof values[0] === "number" ? Number(select.value) : select.value }) },
      ...values.map((value, i) => element("option", { value: String(value), textContent: String(names[i]) })));
    select.dataset.key = key;
    fields[key] = (s) => { select.value = String(s[key]); };
    return labelled(text, select);
  }

  function slider(key, text, min, max, by) {
    const name = document.createTextNode("");
    const range = element("input", { type: "range", min, max, step: by, oninput: () => change({ [key]: Number(range.value) }) });
    range.dataset.key = key;
    fields[key] = (s) => { range.value = s[key]; name.textContent = `${text}: ${s[key]}`; };
    return element("label", {}, name, range);
  }

  function tick(key, text, read, write) {
    const box = element("input", { type: "checkbox", onchange: () => write(box.checked) });
    box.dataset.key = key;
    fields[key] = (s) => { box.checked = read(s); };
    return element("label", { className: "pg-tick" }, box, text);
  }

  function dataChoice() {
    const names = { circle: "circle", xor: "xor", gauss: "gauss", spiral: "spiral", "reg-plane": "plane (regression)",
      "reg-gauss": "hills (regression)" };
    const select = element("select", { onchange: () => change(select.value.startsWith("reg-")
      ? { regDataset: select.value, problem: "regression" } : { dataset: select.value, problem: "classification" }) },
    ...Object.entries(names).map(([value, textContent]) => element("option", { value, textContent })));
    select.dataset.key = "data";
    fields.data = (s) => { select.value = dataOf(s); };
    return labelled("data", select);
  }

  function drawLayers() {
    const set = (shape) => change({ networkShape: shape });
    const shape = state.networkShape;
    layers.replaceChildren(
      ...shape.map((size, at) => element("span", { className: "pg-layer", title: `hidden layer ${at + 1}` },
        element("button", { textContent: "−", disabled: size <= 1, ariaLabel: `one neuron less in layer ${at + 1}`, onclick: () => set(shape.with(at, size - 1)) }),
        element("b", { textContent: size }),
        element("button", { textContent: "+", disabled: size >= 8, ariaLabel: `one neuron more in layer ${at + 1}`, onclick: () => set(shape.with(at, size + 1)) }))),
      element("button", { textContent: "+ layer", disabled: shape.length >= 6, onclick: () => set([...shape, 2]) }),
      element("button", { textContent: "− layer", disabled: !shape.length, onclick: () => set(shape.slice(0, -1)) }));
  }

  root.append(
    element("div", { className: "pg-bar" }, play, step, reset,
      element("label", { className: "pg-epoch" }, "epoch", shown),
      choice("learningRate", "learning rate", RATES), choice("activation", "activation", CHOICES.activation),
      choice("regularization", "regularization", CHOICES.regularization),
      choice("regularizationRate", "regularization rate", PENALTIES)),
    element("div", { className: "pg-main" },
      element("div", { className: "pg-left" }, dataChoice(),
        slider("noise", "noise", 0, 50, 5), slider("percTrainData", "% for training", 10, 90, 10), slider("batchSize", "batch size", 1, 30, 1),
        element("div", { className: "pg-head", textContent: "features" }),
        element("div", { className: "pg-checks" }, ...Object.entries(FEATURES).map(([key, [name]]) =>
          tick(key, name, (s) => s[key], (on) => change({ [key]: on })))),
        tick("showTest", "show test data", () => showTest, (on) => { showTest = on; draw(); })),
      element("div", {}, plane, element("div", { className: "pg-scale" }, "−1", element("i"), "+1")),
      element("div", {}, element("div", { className: "pg-head", textContent: "hidden layers" }), layers,
        element("div", { className: "pg-loss" }, element("span", {}, "training loss ", trainLoss), element("span", {}, "test loss ", testLoss)),
        chart)),
    element("div", { className: "pg-url" }, address,
      copied,
      element("button", { textContent: "new seed", title: "other points, other weights", onclick: () => change({ seed: newSeed() }) })),
    said);
  el.append(root);

  function copy() {
    address.select();
    const plain = () => document.execCommand("copy"); // a page that came over http has no clipboard
    const done = navigator.clipboard ? navigator.clipboard.writeText(address.value).catch(plain) : plain();
    Promise.resolve(done).then((result) => {
      copied.textContent = result === false ? "press Ctrl-C" : "copied";
      setTimeout(() => { copied.textContent = "copy"; }, 1500);
    });
  }

  function load(url) {
    try {
      state = readAddress(url);
    } catch (error) {
      said.textContent = error.message;
      return;
    }
    open();
  }

  function change(part) {
    state = { ...state, ...part };
    open();
  }

  function open() { // as if the address had been opened in a new tab
    setPlaying(false);
    said.textContent = "";
    random = randomStream(state.seed);
    points = drawPoints(state, random);
    for (const show of Object.values(fields)) show(state);
    drawLayers();
    const url = writeAddress(state);
    address.value = url;
    if (model.get("url") !== url) {
      model.set("url", url);
      model.save_changes();
    }
    begin();
  }

  function begin() {
    network = new Network(state, random);
    epoch = 0;
    history = [];
    look();
    draw();
  }

  function look() {
    history.push([network.loss(points.train), network.loss(points.test)]);
  }

  function train() {
    network.epoch(points.train);
    epoch += 1;
    look();
  }

  function setPlaying(on) {
    const before = playing;
    playing = on;
    play.textContent = on ? "❚❚ pause" : "▶ play";
    if (on && !before) requestAnimationFrame(frame);
  }

  function frame() {
    if (!playing) return;
    if (document.hidden || !el.isConnected) { // nobody looks: computing would only warm the room
      setPlaying(false);
      return;
    }
    train();
    draw();
    requestAnimationFrame(frame);
  }

  function draw() {
    shown.textContent = epoch;
    const [train, test] = history.at(-1);
    trainLoss.textContent = train.toFixed(3);
    testLoss.textContent = test.toFixed(3);
    drawPlane();
    drawChart();
    root.dataset.redraws = Number(root.dataset.redraws ?? 0) + 1;
  }

  function drawPlane() {
    const image = new ImageData(CELLS, CELLS);
    for (let row = 0, at = 0; row < CELLS; row++) {
      for (let column = 0; column < CELLS; column++, at += 4) {
        const value = network.forward(-6 + (12 * (column + 0.5)) / CELLS, 6 - (12 * (row + 0.5)) / CELLS);
        [image.data[at], image.data[at + 1], image.data[at + 2]] = colour(value);
        image.data[at + 3] = 190;
      }
    }
    heat.getContext("2d").putImageData(image, 0, 0);
    const context = plane.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, SIDE, SIDE);
    context.imageSmoothingEnabled = true;
    context.drawImage(heat, 0, 0, SIDE, SIDE);
    for (const [set, edge] of [...(showTest ? [[points.test, "#1c2430"]] : []), [points.train, "#fff"]]) {
      context.strokeStyle = edge;
      for (const { x, y, label } of set) {
        context.fillStyle = `rgb(${colour(label)})`;
        context.beginPath();
        context.arc(((x + 6) / 12) * SIDE, ((6 - y) / 12) * SIDE, 3, 0, 2 * Math.PI);
        context.fill();
        context.stroke();
      }
    }
  }

  function drawChart() {
    const context = chart.getContext("2d");
    const [left, bottom, width, height] = [44, 124, 238, 108];
    const finite = history.flat().filter(Number.isFinite);
    const top = Math.max(0.1, ...(finite.length > 4000 ? finite.filter((_, i) => i % 10 === 0) : finite)) * 1.05;
    const last = Math.max(history.length - 1, 1);
    const right = (at) => left + (width * at) / last;
    const up = (loss) => bottom - (height * loss) / top;
    context.clearRect(0, 0, chart.width, chart.height);
    context.strokeStyle = "#d9dee5";
    context.fillStyle = "#6b7686";
    context.font = "10px system-ui, sans-serif";
    context.strokeRect(left, bottom - height, width, height);
    context.textAlign = "right";
    for (const loss of ticks(top, 4)) {
      context.fillRect(left - 3, up(loss), 3, 1);
      context.fillText(String(loss), left - 5, up(loss) + 3);
    }
    context.textAlign = "center";
    for (const at of ticks(last, 5)) {
      context.fillRect(right(at), bottom, 1, 3);
      if (Number.isInteger(at)) context.fillText(String(at), right(at), bottom + 12);
    }
    context.fillText("epoch", left + width / 2, bottom + 24);
    context.save();
    context.translate(10, bottom - height / 2);
    context.rotate(-Math.PI / 2);
    context.fillText("loss", 0, 0);
    context.restore();
    for (const [which, style, dash] of [[0, "#6b7686", [4, 3]], [1, "#1c2430", []]]) {
      context.strokeStyle = style;
      context.setLineDash(dash);
      context.lineWidth = 1.5;
      context.beginPath();
      const by = Math.max(1, Math.floor(history.length / width));
      for (let at = 0; at < history.length; at += by) {
        const loss = history[at][which];
        if (Number.isFinite(loss)) context.lineTo(right(at), up(loss));
      }
      context.stroke();
    }
    context.setLineDash([]);
    context.textAlign = "right";
    context.fillText("- - training   — test", left + width - 4, bottom - height + 12);
  }

  const stop = () => { if (document.hidden) setPlaying(false); };
  document.addEventListener("visibilitychange", stop);
  model.on("change:url", () => { if (model.get("url") !== address.value) load(model.get("url")); });
  open();
  return () => {
    playing = false;
    document.removeEventListener("visibilitychange", stop);
  };
}

export { Network, drawPoints, randomStream, readAddress, writeAddress };
export default { render };
