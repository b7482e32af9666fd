/** Style of the page: light and dark, one column, prints well. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fbfbfa; --card: #ffffff; --ink: #1d2329; --soft: #5c6670; --line: #e1e4e8; --reference: #9aa7b4; --current: #2f6fde; --alarm: #c23b22; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --card: #1d2125; --ink: #e8ebee; --soft: #9aa4ae; --line: #30363d; --reference: #6b7784; --current: #6ea3ff; --alarm: #ff8a70; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; }
header, main, footer { max-width: 860px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 32px; }
h1 { font-size: 28px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 19px; margin: 0; overflow-wrap: anywhere; }
p { margin: 4px 0; }
.verdict { font-size: 17px; font-weight: 600; }
.facts, .note, footer, small, details { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 18px 20px; margin: 20px 0; break-inside: avoid; }
.scroll { overflow-x: auto; margin: 16px 0; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th, td { text-align: left; padding: 6px 8px; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: 400; }
thead th { color: var(--soft); font-size: 12px; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.drifted { color: var(--alarm); font-weight: 600; }
.mark { background: var(--alarm); color: var(--card); font-size: 12px; font-weight: 600; border-radius: 9px; padding: 1px 9px; vertical-align: 2px; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 3px; }
ul { margin: 0; padding-left: 18px; }
details { font-size: 12px; overflow-wrap: anywhere; }
summary { cursor: pointer; }
svg { width: 100%; height: auto; margin: 10px 0; }
.reference { fill: var(--reference); background: var(--reference); }
.current { fill: var(--current); background: var(--current); }
.hit { fill: transparent; }
.axis { stroke: var(--line); }
svg text { fill: var(--soft); font-size: 11px; }
.key { display: inline-block; width: 12px; height: 12px; border-radius: 3px; vertical-align: -1px; margin-left: 8px; }
.legend .key:first-child { margin-left: 0; }
footer { padding: 8px 20px 40px; font-size: 13px; }
`;
