/* On every staff page: keys, unfolding by address, ready-made reasons, printing. Pages work without it. */
const writing = (at) => at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName));

const rows = () => Array.from(document.querySelectorAll(".rows > li"));
const chosen = () => rows().findIndex((row) => row.classList.contains("chosen"));

function move(by) {
  const all = rows();
  if (!all.length) return;
  const next = Math.min(Math.max(chosen() + by, 0), all.length - 1);
  all.forEach((row, i) => row.classList.toggle("chosen", i === next));
  all[next].querySelector("a.subject").focus();
}

const search = () => { const box = document.querySelector("#q, #find"); if (box) box.focus(); };
const open = () => { const row = rows()[chosen()]; if (row) row.querySelector("a.subject").click(); };
const keys = { j: () => move(1), k: () => move(-1), o: open, "/": search };

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.altKey) return;
  const form = document.querySelector("form[data-keys]");
  const at = event.target, posted = at.form && at.form.method === "post";
  if (event.key === "Enter" && posted && /^(date|time)$/.test(at.type) && !event.ctrlKey && !event.metaKey) event.preventDefault();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && form.contains(event.target)) {
    const unfolded = event.target.closest("details");
    const press = (unfolded || form).querySelector("button[name=outcome], button.main");
    if (press) { event.preventDefault(); press.click(); }
  } else if (!event.ctrlKey && !event.metaKey && !writing(event.target) && keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});

/* A press at a time: opening one unfolds it and closes its neighbours. */
document.querySelectorAll(".presses > details").forEach((one) => one.addEventListener("toggle", () => {
  if (!one.open) return;
  one.parentElement.querySelectorAll("details[open]").forEach((other) => { if (other !== one) other.open = false; });
  const box = one.querySelector("textarea, input:not([type=hidden])");
  if (box) box.focus();
}));

function unfold() {
  const at = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (at && at.tagName === "DETAILS") { at.open = true; at.scrollIntoView(); }
}
addEventListener("hashchange", unfold);
unfold();

document.querySelectorAll(".reasons").forEach((row) => {
  row.hidden = false;
  row.addEventListener("click", (event) => {
    if (event.target.tagName !== "BUTTON") return;
    const box = document.getElementById(row.dataset.fills);
    box.value = event.target.textContent;
    box.focus();
  });
});

if (matchMedia("(min-width: 901px)").matches) document.querySelectorAll("details[data-wide]").forEach((one) => { one.open = true; });

const pressed = document.querySelector(".persona [aria-pressed=true]");
if (pressed) {
  const list = pressed.closest("ul");
  list.scrollLeft += pressed.getBoundingClientRect().left - list.getBoundingClientRect().left;
}

/* On a phone tabs stand in one line that can be moved: the one that is shown is seen whole. */
document.querySelectorAll(".tabs [aria-current]").forEach((one) => {
  const past = one.getBoundingClientRect().right - one.parentElement.getBoundingClientRect().right;
  if (past > 0) one.parentElement.scrollLeft += Math.ceil(past);
});

const wrong = document.getElementById("errors");
if (wrong) wrong.focus();

document.querySelectorAll("form[data-resume]").forEach((form) => form.submit());

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
