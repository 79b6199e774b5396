/* One box that finds while one types, over the list and the button that do without a script (ARIA combobox). */
const WAIT = 200;

function picker(root) {
  const list = root.querySelector("select"), sought = root.querySelector("input"), press = root.querySelector("button");
  const box = document.createElement("input"), options = document.createElement("ul"), said = document.createElement("p");
  const named = list.getAttribute("aria-label") || sought.getAttribute("aria-label");
  let at = -1, asked = 0, timer = 0;

  const chosen = () => (list.value ? list.options[list.selectedIndex].textContent : "");
  const rows = () => Array.from(options.children);

  box.className = list.className;
  box.id = list.id;
  list.removeAttribute("id");
  box.type = "text";
  box.autocomplete = "off";
  box.spellcheck = false;
  box.placeholder = root.dataset.hint;
  options.id = `${box.id}-options`;
  options.className = "options";
  options.hidden = true;
  options.setAttribute("role", "listbox");
  options.setAttribute("aria-label", named);
  said.className = "sr";
  said.setAttribute("role", "status");
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": options.id };
  Object.entries(attributes).forEach(([name, value]) => box.setAttribute(name, value));
  ["aria-describedby", "aria-invalid", "aria-label"].forEach((name) => {
    if (list.hasAttribute(name)) box.setAttribute(name, list.getAttribute(name));
  });
  box.value = chosen() || root.dataset.sought;

  function open(yes) {
    options.hidden = !yes;
    box.setAttribute("aria-expanded", String(yes));
    if (!yes) mark(-1);
  }

  function mark(next) {
    at = next;
    rows().forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else {
      box.setAttribute("aria-activedescendant", rows()[at].id);
      rows()[at].scrollIntoView({ block: "nearest" });
    }
  }

  function show(found) {
    options.textContent = "";
    found.forEach((one, i) => {
      const row = document.createElement("li");
      row.id = `${options.id}-${i}`;
      row.setAttribute("role", "option");
      row.dataset.id = one.id;
      row.textContent = one.words;
      options.append(row);
    });
    said.textContent = found.length ? root.dataset.some.replace("{n}", found.length) : root.dataset.none;
    if (!found.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "presentation");
      none.textContent = root.dataset.none;
      options.append(none);
    }
    open(true);
    mark(found.length && box.value.trim() ? 0 : -1);
  }

  async function find() {
    const mine = ++asked, form = list.form, sent = new URLSearchParams(new FormData(form));
    sent.set(sought.name, box.value === chosen() ? "" : box.value.trim());
    sent.set("find", list.name);
    try {
      const answer = await fetch(form.getAttribute("action") || location.pathname, {
        method: "POST", body: sent, headers: { Accept: "application/json" }, credentials: "same-origin",
      });
      if (answer.ok && mine === asked && document.activeElement === box) show(await answer.json());
    } catch (_) { /* without a line the form still has its list and 查 */ }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(find, WAIT);
  }

  function choose(row) {
    const { id } = row.dataset;
    if (!Array.from(list.options).some((one) => one.value === id)) list.add(new Option(row.textContent, id));
    list.value = id;
    box.value = row.textContent;
    sought.value = "";
    open(false);
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  box.addEventListener("input", (event) => {
    list.value = "";
    sought.value = box.value.trim();
    if (!event.isComposing) later();
  });
  box.addEventListener("compositionend", later);
  box.addEventListener("focus", () => { box.select(); later(); });
  box.addEventListener("blur", () => { clearTimeout(timer); asked += 1; open(false); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const all = rows().filter((row) => row.dataset.id);
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey) {
      event.preventDefault();
      if (options.hidden) find();
      else if (all.length) mark((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + all.length) % all.length);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (!options.hidden && at >= 0) choose(all[at]);
    } else if (event.key === "Escape" && !options.hidden) {
      event.preventDefault();
      open(false);
    }
  });
  options.addEventListener("mousedown", (event) => event.preventDefault());
  options.addEventListener("click", (event) => {
    const row = event.target.closest("[data-id]");
    if (row) choose(row);
  });

  sought.type = "hidden";
  sought.value = list.value ? "" : root.dataset.sought;
  press.hidden = true;
  list.hidden = true;
  root.querySelectorAll(".hint").forEach((hint) => { hint.hidden = true; });
  root.classList.add("live");
  root.append(box, options, said);
}

document.querySelectorAll("[data-picker]").forEach(picker);
