/* The inbox asks for news only while somebody looks at it and is not busy with it. */
document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.closest("#news")) return;
  const at = document.activeElement;
  const typing = at && /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  const selecting = String(getSelection()).length > 0;
  if (document.hidden || typing || selecting) event.preventDefault();
});
