/** One style for the whole page: no font, image or script is fetched, and both colour schemes come from the same variables. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf8; --card: #ffffff; --ink: #1d2230; --soft: #626b7d; --line: #e3e2de; --heat: #2f6fb5;
  --none: #f1f0ec; --breach: #c8321f; --reference: #9aa5b8; --current: #2f6fb5; --good: #1f7a4d; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171d; --card: #1b1f27; --ink: #e7e9ee; --soft: #98a1b3; --line: #2c323d;
  --heat: #6aa7e8; --none: #20252e; --breach: #ff6b57; --reference: #5d687c; --current: #6aa7e8; --good: #55c98e; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 80px; }
h1 { font-size: 28px; line-height: 1.25; margin: 0 0 8px; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 19px; margin: 48px 0 6px; }
h3 { font-size: 15px; margin: 0; }
p { margin: 6px 0; max-width: 75ch; }
.soft, .axis { color: var(--soft); fill: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 24px 0 0; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.tile { padding: 12px 16px; }
.tile b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 13px; }
.wide { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px; margin-top: 12px; }
svg { display: block; width: 100%; height: auto; }
svg.heat { min-width: 760px; } svg.lines { min-width: 620px; } svg.bars { max-width: 520px; }
svg text { font: 11px system-ui, sans-serif; fill: var(--ink); } svg text.axis { fill: var(--soft); }
.grid { stroke: var(--line); stroke-width: 1; }
.none { fill: var(--none); }
.h0 { fill: color-mix(in srgb, var(--heat) 7%, var(--card)); } .h1 { fill: color-mix(in srgb, var(--heat) 22%, var(--card)); }
.h2 { fill: color-mix(in srgb, var(--heat) 38%, var(--card)); } .h3 { fill: color-mix(in srgb, var(--heat) 54%, var(--card)); }
.h4 { fill: color-mix(in srgb, var(--heat) 70%, var(--card)); } .h5 { fill: color-mix(in srgb, var(--heat) 85%, var(--card)); }
.h6 { fill: var(--heat); } .breach, .mark { fill: var(--breach); }
.unjudged { fill: var(--none); stroke: var(--reference); stroke-width: 0.5; stroke-dasharray: 2 1; }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: 4px; color: var(--soft); font-size: 12px; margin-top: 10px; }
.legend .gap { width: 20px; }
.swatch { display: inline-block; width: 14px; height: 14px; border-radius: 2px; margin: 0 2px; }
.swatch.h0 { background: color-mix(in srgb, var(--heat) 7%, var(--card)); border: 1px solid var(--line); }
.swatch.h1 { background: color-mix(in srgb, var(--heat) 22%, var(--card)); } .swatch.h2 { background: color-mix(in srgb, var(--heat) 38%, var(--card)); }
.swatch.h3 { background: color-mix(in srgb, var(--heat) 54%, var(--card)); } .swatch.h4 { background: color-mix(in srgb, var(--heat) 70%, var(--card)); }
.swatch.h5 { background: color-mix(in srgb, var(--heat) 85%, var(--card)); } .swatch.h6 { background: var(--heat); }
.swatch.breach { background: var(--breach); } .swatch.unjudged { background: var(--none); border: 1px dashed var(--reference); }
.swatch.reference { background: var(--reference); } .swatch.current { background: var(--current); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 16px; margin-top: 12px; }
.card { padding: 16px 18px; border-left: 3px solid var(--breach); }
.card .evidence { font-size: 13px; color: var(--soft); }
.reference { fill: var(--reference); } .current { fill: var(--current); }
.current-line, .reference-line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.current-line { stroke: var(--current); } .reference-line { stroke: var(--reference); stroke-dasharray: 5 3; }
.shade { fill: var(--heat); opacity: 0.09; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 500; font-size: 13px; } td.number, th.number { text-align: right; }
.yes { color: var(--good); font-weight: 600; } .no { color: var(--breach); font-weight: 600; }
code { font: 12px ui-monospace, 'SF Mono', Menlo, monospace; overflow-wrap: anywhere; }
@media print { body { background: none; } .card, .wide, .tile { break-inside: avoid; } }
`;
