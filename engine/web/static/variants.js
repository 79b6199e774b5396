/* Fields that are asked only under a condition come and go with what it looks at. Without this a sentence says when. */
const parts = Array.from(document.querySelectorAll("[data-when]"));

function value(part, name) {
  const form = part.closest("form"), sent = new FormData(form);
  return [`f-${name}`, `${part.dataset.prefix}${name}`].map((one) => sent.get(one)).find((one) => one !== null) || "";
}

function fits(wanted, held) {
  if (held === "") return false;
  if (wanted.not) return !fits(wanted.not, held);
  return (wanted.enum || [wanted.const]).some((one) => String(one) === held);
}

function holds(part, rule) {
  if (rule.allOf) return rule.allOf.every((one) => holds(part, one));
  if (rule.anyOf) return rule.anyOf.some((one) => holds(part, one));
  if (rule.not) return !holds(part, rule.not);
  return Object.entries(rule.properties).every(([name, wanted]) => fits(wanted, value(part, name)));
}

function show() {
  parts.forEach((part) => {
    const asked = holds(part, JSON.parse(part.dataset.when));
    part.hidden = !asked;
    part.querySelectorAll("input, select, textarea").forEach((one) => { one.disabled = !asked; });
  });
}

new Set(parts.map((part) => part.closest("form"))).forEach((form) => form.addEventListener("change", show));
addEventListener("pageshow", show);
show();
