"use strict";
// Charts: every element with data-chart="<id of a JSON script>" becomes one. The JSON is an ECharts option, or a short
// form {kind: "bars" | "hbars" | "ring" | "exposure", …}; colours, type and grid come from here.
(() => {
  if (!window.echarts) return;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ink = colour("--tb-ink");
  const soft = colour("--tb-ink-2");
  const line = colour("--tb-line");
  const series = [colour("--tb-navy"), "#5f93c4", colour("--tb-gold-line"), "#8aa0b8"];
  const classes = ["--c1", "--c2", "--c3", "--c4", "--c5"].map(colour);
  const font = getComputedStyle(document.body).fontFamily;
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: soft, fontSize: 12 },
    splitLine: { lineStyle: { color: line, type: [3, 4] } },
  };
  const limitLine = (limit) => ({
    silent: true,
    symbol: "none",
    lineStyle: { color: colour("--tb-gold-line"), type: "solid", width: 1.5 },
    label: { formatter: limit.label, position: "insideStartTop", color: colour("--tb-gold"), fontWeight: 600 },
    data: [{ yAxis: limit.value }],
  });

  const kinds = {
    // {labels, series: [{name, data, line?, right?}], limit?: {label, value}, stacked?}
    bars: (d) => ({
      color: series,
      grid: { left: 52, right: d.series.some((one) => one.right) ? 52 : 16, top: 42, bottom: 28 },
      legend: { top: 0, right: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: soft, fontSize: 12 } },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: "shadow" } },
      xAxis: { type: "category", data: d.labels, ...axis, splitLine: { show: false } },
      yAxis: [
        { type: "value", ...axis, axisLine: { show: false }, max: d.max },
        { type: "value", ...axis, axisLine: { show: false }, splitLine: { show: false }, show: d.series.some((one) => one.right) },
      ],
      series: d.series.map((one, index) => ({
        name: one.name,
        type: one.line ? "line" : "bar",
        stack: d.stacked && !one.line ? "all" : undefined,
        barMaxWidth: 34,
        yAxisIndex: one.right ? 1 : 0,
        data: one.data,
        symbol: "circle",
        symbolSize: 5,
        itemStyle: one.line ? { color: colour("--tb-ink") } : undefined,
        lineStyle: one.line ? { width: 2, color: colour("--tb-ink") } : undefined,
        markLine: index === 0 && d.limit ? limitLine(d.limit) : undefined,
      })),
    }),
    // {labels, data, width?}
    hbars: (d) => ({
      grid: { left: d.width || 84, right: 60, top: 4, bottom: 4 },
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category", inverse: true, data: d.labels,
        axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: ink, fontSize: 13 },
      },
      series: [{
        type: "bar", barMaxWidth: 14,
        data: d.data.map((value, index) => ({ value, itemStyle: { color: index ? series[1] : series[0], borderRadius: 2 } })),
        label: { show: true, position: "right", color: ink, fontSize: 13, formatter: (p) => p.value.toFixed(2) },
      }],
    }),
    // {labels, data, centre}
    ring: (d) => ({
      series: [{
        type: "pie", radius: ["64%", "92%"], silent: true, labelLine: { show: false },
        label: { show: true, position: "center", formatter: d.centre, fontSize: 15, fontWeight: 600, lineHeight: 20, color: ink },
        itemStyle: { borderColor: "#fff", borderWidth: 1.5 },
        data: d.data.map((value, index) => ({ name: d.labels[index], value, itemStyle: { color: classes[index] } })),
      }],
    }),
  };

  const draw = (element) => {
    if (element.dataset.drawn) return;
    element.dataset.drawn = "yes";
    const given = JSON.parse(document.getElementById(element.dataset.chart).textContent);
    const option = given.kind ? kinds[given.kind](given) : given;
    const chart = echarts.init(element, null, { renderer: "svg" });
    chart.setOption({ textStyle: { fontFamily: font, color: soft }, animation: false, ...option });
    addEventListener("resize", () => chart.resize());
    // For paper the drawing scales by viewBox: a resize on beforeprint still sees the layout of the screen.
    addEventListener("beforeprint", () =>
      element.querySelector("svg").setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`));
    addEventListener("afterprint", () => {
      element.querySelector("svg").removeAttribute("viewBox");
      chart.resize();
    });
  };
  const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
  drawAll();
  document.addEventListener("htmx:afterSettle", drawAll);
})();
