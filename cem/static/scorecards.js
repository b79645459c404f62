// Draws the figures after the first paint, and shows new answers as they arrive. The page says everything without it.
(() => {
  "use strict";
  const SECONDS = 1.5;
  const plotlyAddress = document.currentScript.dataset.plotly;
  let plotly = null;

  function loadPlotly() {
    plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = plotlyAddress;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error("plotly did not load"));
      document.head.append(script);
    });
    return plotly;
  }

  function ink() {
    return getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();
  }

  // A drawing knows its size in pixels alone; with a view box, paper can make it smaller.
  function letScale(place) {
    for (const svg of place.querySelectorAll(".main-svg")) {
      svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
    }
  }

  async function draw() {
    const places = [...document.querySelectorAll("[data-figure]")];
    if (!places.length) return;
    const Plotly = await loadPlotly();
    for (const place of places) {
      const { data, layout, config } = JSON.parse(document.getElementById(`data-${place.dataset.figure}`).textContent);
      layout.font.color = ink();
      layout.font.family = getComputedStyle(document.body).fontFamily;
      // On paper everything is smaller, and so are the texts of a figure.
      layout.font.size = parseFloat(getComputedStyle(place).fontSize);
      const first = !place.classList.contains("js-plotly-plot");
      if (first) place.replaceChildren();
      await Plotly.react(place, data, layout, config);
      if (first) place.on("plotly_afterplot", () => letScale(place));
      letScale(place);
    }
  }

  function drawLater() {
    const start = () => draw().catch(() => { plotly = null; });
    requestAnimationFrame(() => setTimeout(start));
  }

  // Only what shows numbers is replaced: a form that somebody fills in stays as it is.
  function replaceLive(old, fresh) {
    const open = [...old.querySelectorAll("details[open]")].map((one) => one.id);
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    const drawn = new Map([...old.querySelectorAll(".js-plotly-plot")].map((one) => [one.dataset.figure, one]));
    for (const place of fresh.querySelectorAll("[data-figure]")) {
      const kept = drawn.get(place.dataset.figure);
      if (kept) place.replaceWith(kept);
    }
    for (const id of open) fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    old.replaceWith(fresh);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    document.getElementById("said").textContent = fresh.dataset.updated;
    return draw();
  }

  async function look() {
    const live = document.getElementById("live");
    const heard = await fetch(`/scorecards/pulse${location.search}`, { headers: { accept: "application/json" } });
    if (heard.redirected || heard.status === 401 || heard.status === 403) return false;
    if (!heard.ok) throw new Error(String(heard.status));
    const { pulse } = await heard.json();
    if (pulse === live.dataset.pulse) return true;
    const page = await fetch(location.href);
    if (page.redirected || !page.ok) return false;
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("live");
    if (!fresh) return false;
    await replaceLive(live, document.adoptNode(fresh));
    return true;
  }

  let failures = 0;
  async function watch() {
    if (!document.hidden) {
      try {
        if (!(await look())) return;
        failures = 0;
      } catch {
        failures += 1;
      }
    }
    setTimeout(watch, 1000 * Math.min(60, SECONDS * 2 ** failures));
  }

  drawLater();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawLater);
  if (document.getElementById("live")) setTimeout(watch, 1000 * SECONDS);
})();
