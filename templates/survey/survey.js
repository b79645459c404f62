(() => {
  const form = document.forms[0], here = location.pathname, fields = form.elements;
  let changed, waiting;
  const remember = () => {
    if (here[1] != "i") history.replaceState(null, "", "?r=" + fields.ticket.value + "&lang=" + fields.language.value + (fields.page ? "&page=" + fields.page.value : ""));
  };
  const keep = () => {
    clearTimeout(waiting);
    if (!changed) return;
    changed = 0;
    navigator.sendBeacon(here + "/draft", new URLSearchParams(new FormData(form)));
    remember();
  };
  form.addEventListener("input", () => {
    changed = 1;
    clearTimeout(waiting);
    waiting = setTimeout(keep, 800);
  });
  form.addEventListener("submit", () => {
    changed = 0;
    clearTimeout(waiting);
    remember();
  });
  addEventListener("pagehide", keep);
})();
