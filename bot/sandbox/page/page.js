"use strict";
// The server sends messages as HTML with all foreign text escaped; everything else here is set as text.

const $ = (id) => document.getElementById(id);
const chosen = { as: "", in: "" };
let shown = null;
let picked = null;

function make(tag, attributes = {}, ...inside) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) one.addEventListener(name.slice(2), value);
    else if (value === true) one.setAttribute(name, "");
    else if (value !== false && value != null) one.setAttribute(name, value);
  }
  one.append(...inside.filter((child) => child != null));
  return one;
}

const toast = $("toast");

function complain(text) {
  // An open form is above everything that isn't inside it.
  ($("dialog").open ? $("dialog") : document.body).append(toast);
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(complain.timer);
  complain.timer = setTimeout(() => { toast.hidden = true; }, 7000);
}

async function act(wish) {
  const body = JSON.stringify({ as: shown.viewer, in: shown.place, ...wish });
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/page/act", { method: "POST", headers, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  toast.hidden = true;
  if (answer.form) openForm(answer.form);
  return answer;
}

const attempt = (promise) => promise.catch((error) => complain(error.message));

async function refresh() {
  const query = new URLSearchParams(chosen);
  shown = await (await fetch(`/page/state?${query}`)).json();
  if (!shown.people.length) {
    $("messages").replaceChildren(make("p", { class: "empty" }, "No server has members yet."));
    return;
  }
  drawPlaces();
  drawHead();
  drawMessages();
}

function drawPlaces() {
  const entry = (id, name, under) => make("button", {
    type: "button", class: under ? "under" : null, "aria-current": id === shown.place ? "true" : null,
    onclick: () => { chosen.in = id; close(); refresh(); },
  }, name);
  const signs = { announcement: "📣 ", forum: "🗂 ", voice: "🔊 ", thread: "↳ ", announcement_thread: "↳ " };
  const drawn = [];
  for (const guild of shown.guilds) {
    drawn.push(make("h2", {}, guild.name));
    for (const one of guild.channels) drawn.push(entry(one.id, (signs[one.kind] || "# ") + one.name, one.under));
  }
  drawn.push(make("h2", {}, "Direct messages"), entry(shown.direct, "Newsdesk", false));
  $("places").replaceChildren(...drawn);
  $("viewer").replaceChildren(...shown.people.map((one) => make(
    "option", { value: one.id, selected: one.id === shown.viewer }, one.note ? `${one.name} (${one.note})` : one.name,
  )));
}

function drawHead() {
  $("title").textContent = (shown.place === shown.direct ? "@ " : "# ") + shown.title;
  $("topic").textContent = shown.topic;
  const count = shown.deviations.length;
  $("checks").textContent = count ? `${count} deviation${count > 1 ? "s" : ""}` : "no deviations";
  $("checks").classList.toggle("bad", count > 0);
  $("deviations").replaceChildren(...[shown.checking, ...shown.deviations].map((text) => make("p", {}, text)));
}

function drawMessages() {
  const list = $("messages");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80 || list.dataset.place !== shown.place;
  const busy = document.activeElement;
  if (busy && busy.tagName === "SELECT" && list.contains(busy)) return;
  const drawn = shown.messages.map(drawMessage);
  list.replaceChildren(...(drawn.length ? drawn : [make("p", { class: "empty" }, "Nothing has been posted here yet.")]));
  list.dataset.place = shown.place;
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function drawMessage(message) {
  const body = make("div", { class: "body" });
  body.innerHTML = message.html;
  for (const one of body.querySelectorAll("[data-accent]")) {
    one.classList.add("accented");
    one.style.borderLeftColor = one.dataset.accent;
  }
  for (const one of body.querySelectorAll("time[data-seconds]")) one.textContent = moment(one);
  for (const one of body.querySelectorAll("img")) one.addEventListener("error", () => one.remove());
  const at = new Date(message.at * 1000).toLocaleString([], { dateStyle: "short", timeStyle: "short" });
  const head = make("div", { class: "head" }, make("b", {}, message.author),
    message.bot ? make("span", { class: "tag" }, "APP") : null, make("time", {}, at),
    message.edited ? make("span", { class: "small" }, "(edited)") : null,
    message.published ? make("span", { class: "small" }, "published") : null,
    message.silent ? make("span", { class: "small" }, "🔕 silent") : null);
  const tools = make("div", { class: "tools" }, ...shown.menus.map((name) => make("button", {
    type: "button", onclick: () => attempt(act({ do: "menu", command: name, message: message.id })),
  }, name)));
  return make("article", { class: message.private ? "private" : null, "data-id": message.id },
    message.used ? make("div", { class: "used" }, message.used) : null,
    make("div", { class: message.bot ? "avatar bot" : "avatar" }, message.author[0]), head, body,
    message.private ? make("div", { class: "small" }, "👁 Only you can see this") : null,
    shown.menus.length ? tools : null);
}

function moment(one) {
  const date = new Date(Number(one.dataset.seconds) * 1000);
  if (Number.isNaN(date.getTime())) return "Invalid Date";
  one.title = date.toLocaleString([], { dateStyle: "full", timeStyle: "short" });
  const styles = {
    t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
    f: { dateStyle: "long", timeStyle: "short" }, F: { dateStyle: "full", timeStyle: "short" },
  };
  if (one.dataset.style !== "R") return date.toLocaleString([], styles[one.dataset.style] || styles.f);
  const left = date.getTime() / 1000 - shown.now;
  const units = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(left) >= length) || units[5];
  return new Intl.RelativeTimeFormat([], { numeric: "auto" }).format(Math.round(left / size), unit);
}

$("messages").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-custom]");
  if (!button) return;
  const message = button.closest("article").dataset.id;
  attempt(act({ do: "press", message, custom_id: button.dataset.custom }));
});

$("messages").addEventListener("change", (event) => {
  const select = event.target.closest("select[data-custom]");
  if (!select) return;
  const values = [...select.selectedOptions].map((one) => one.value).filter(Boolean);
  const message = select.closest("article").dataset.id;
  select.blur();
  if (values.length) attempt(act({ do: "choose", message, custom_id: select.dataset.custom, values })).finally(refresh);
});

// Commands: "/" offers them, one that is picked gets a field for each option.

function offer() {
  const text = $("words").value;
  const found = text.startsWith("/") && !picked
    ? shown.commands.filter((one) => `/${one.name}`.startsWith(text.trimEnd()) || one.name.includes(text.slice(1).trim()))
    : [];
  $("offered").hidden = !found.length;
  $("offered").replaceChildren(...found.map((one, number) => make(
    "button", { type: "button", class: number ? null : "first", onclick: () => pick(one) },
    make("b", {}, `/${one.name}`), make("span", {}, one.description),
  )));
  return found;
}

function close() {
  picked = null;
  $("command").hidden = true;
  $("offered").hidden = true;
  $("words").value = "";
}

function pick(command) {
  picked = command;
  $("offered").hidden = true;
  $("words").value = `/${command.name}`;
  const fields = command.options.map((option) => field(command, option));
  $("command").replaceChildren(
    make("h2", {}, `/${command.name} `, make("span", {}, command.description)),
    make("div", { class: "fields" }, ...fields),
    make("div", { class: "ends" },
      make("button", { type: "button", class: "button secondary", onclick: close }, "Cancel"),
      make("button", { class: "button primary" }, "Run")),
  );
  $("command").hidden = false;
  ($("command").querySelector("input, select") || $("command").querySelector("button.primary")).focus();
}

function field(command, option) {
  const input = inputFor(command, option);
  input.name = option.name;
  input.required = Boolean(option.required);
  return make("label", {}, make("b", { class: option.required ? "needed" : null }, option.name), option.description, input,
    input.list_of_choices);
}

function choicesOf(entries) {
  return make("select", {}, make("option", { value: "" }, "–"), ...entries.map(([value, name]) => make("option", { value }, name)));
}

function inputFor(command, option) {
  if (option.choices) return choicesOf(option.choices.map((one) => [one.value, one.name]));
  if (option.type === 5) return choicesOf([["true", "True"], ["false", "False"]]);
  const offers = { 6: "people", 7: "channels", 8: "roles" }[option.type];
  if (offers) return choicesOf(Object.entries(shown.offers[offers]));
  if (option.type === 9) return choicesOf(Object.entries({ ...shown.offers.people, ...shown.offers.roles }));
  if (option.type === 11) return make("input", { type: "file" });
  const plain = { type: option.type === 4 || option.type === 10 ? "number" : "text", min: option.min_value, max: option.max_value, step: option.type === 10 ? "any" : null };
  if (!option.autocomplete) return make("input", plain);
  const list = make("datalist", { id: `choices-${option.name}` });
  const input = make("input", { type: "text", list: list.id });
  const complete = () => attempt(act({
    do: "complete", command: command.name, focused: option.name, value: input.value, options: plainValues(option.name),
  }).then((answer) => {
    input.values = new Map((answer.choices || []).map((one) => [one.name, one.value]));
    list.replaceChildren(...(answer.choices || []).map((one) => make("option", { value: one.name })));
  }));
  input.addEventListener("focus", complete);
  input.addEventListener("input", () => { clearTimeout(input.timer); input.timer = setTimeout(complete, 150); });
  input.list_of_choices = list;
  return input;
}

const inputs = () => [...$("command").querySelectorAll("input, select")];
const valueOf = (input) => (input.values && input.values.get(input.value)) ?? input.value;

function plainValues(but) {
  return Object.fromEntries(inputs().filter((one) => one.type !== "file" && one.name !== but && one.value)
    .map((one) => [one.name, valueOf(one)]));
}

async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const one of bytes) text += String.fromCharCode(one);
  return { name: file.name, type: file.type, content: btoa(text) };
}

$("command").addEventListener("submit", async (event) => {
  event.preventDefault();
  const options = plainValues();
  for (const one of inputs()) if (one.type === "file" && one.files.length) options[one.name] = await readFile(one.files[0]);
  const command = picked.name;
  close();
  attempt(act({ do: "run", command, options }));
});

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const found = offer();
  if (found.length) return pick(found[0]);
  const text = $("words").value;
  if (picked || !text) return undefined;
  $("words").value = "";
  return attempt(act({ do: "say", text }));
});
$("words").addEventListener("input", () => { if (picked) { const text = $("words").value; close(); $("words").value = text; } offer(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

// Forms that the bot opens: drawn by the server, read here by the kind of each field.

function openForm(form) {
  const dialog = $("dialog");
  const rows = make("div", { class: "rows" });
  rows.innerHTML = form.html;
  const inside = make("form", { onsubmit: async (event) => {
    event.preventDefault();
    const fields = {};
    for (const one of rows.querySelectorAll("[data-field]")) fields[one.dataset.field] = await fieldValue(one);
    const sent = act({ do: "submit", token: form.token, fields });
    attempt(sent.then((answer) => { if (!answer.form) dialog.close(); }));
  } }, make("h2", {}, form.title), rows, make("div", { class: "ends" },
    make("button", { type: "button", class: "button secondary", onclick: () => dialog.close() }, "Cancel"),
    make("button", { class: "button primary" }, "Submit")));
  dialog.replaceChildren(inside);
  if (!dialog.open) dialog.showModal();
}

async function fieldValue(field) {
  const input = field.querySelector("input, select, textarea");
  const checked = () => [...field.querySelectorAll("input:checked")].map((one) => one.value);
  switch (Number(field.dataset.kind)) {
    case 4: return input.value;
    case 19: return Promise.all([...input.files].map(readFile));
    case 21: return checked()[0] ?? null;
    case 22: return checked();
    case 23: return input.checked;
    default: return [...input.selectedOptions].map((one) => one.value).filter(Boolean);
  }
}

$("viewer").addEventListener("change", () => { chosen.as = $("viewer").value; close(); refresh(); });
$("checks").addEventListener("click", () => {
  $("deviations").hidden = !$("deviations").hidden;
  $("checks").setAttribute("aria-expanded", String(!$("deviations").hidden));
});
const asked = new URLSearchParams(location.search);
chosen.as = asked.get("as") || "";
chosen.in = asked.get("in") || "";
new EventSource("/page/events").onmessage = () => refresh();
