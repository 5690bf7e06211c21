/** The page's one stylesheet. Every pair of colours below has a contrast of 4.5 or more (WCAG 2.2, 1.4.3). */
export const style = `:root {
  color-scheme: light dark;
  --ground: #eef1f5; --card: #fff; --line: #d5dbe3; --edge: #6b7686; --text: #17202c; --quiet: #536072;
  --tint: #eaf1ff; --accent: #1d57c9; --on-accent: #fff; --bad: #a3231a; --bad-tint: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --card: #161c25; --line: #2b3442; --edge: #8592a6; --text: #e7ecf3; --quiet: #a4b0c0;
    --tint: #1b2740; --accent: #7fb0ff; --on-accent: #0b1526; --bad: #ffaca5; --bad-tint: #3a1c1b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main {
  width: 100%; max-width: 31rem; padding: 2rem; overflow-wrap: anywhere;
  background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 8px 28px rgb(10 20 40 / .08);
}
.brand { margin: 0 0 1.25rem; font-size: .875rem; color: var(--quiet); }
.brand strong { color: var(--text); }
h1 { margin: 0 0 1.25rem; font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
p { margin: 0 0 1rem; }
main > :last-child, form > :last-child, section > :last-child { margin-bottom: 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .75rem 1.25rem; margin: 0 0 1.5rem; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
.note { font-size: .875rem; color: var(--quiet); }
.device { font-weight: 600; }
code { font: .925em ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
p code { padding: .1em .35em; border-radius: 5px; background: var(--tint); }
.check { margin: 0 0 1.5rem; padding: 1rem; text-align: center; border-radius: 10px; background: var(--tint); }
.check h2 { margin: 0; font-size: 1rem; font-weight: 600; text-wrap: balance; }
.phrase {
  margin: .35rem 0; font: 700 1.75rem/1.3 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
.check .note { color: var(--text); text-wrap: balance; }
label { display: block; margin-bottom: .3rem; font-weight: 600; }
input {
  display: block; width: 100%; margin-bottom: 1rem; padding: .65rem .75rem; font: inherit;
  color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: 8px;
}
input[aria-invalid] { border-color: var(--bad); }
.buttons { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin: .5rem 0 .75rem; }
button { padding: .75rem 1rem; font: inherit; font-weight: 600; border-radius: 8px; border: 2px solid var(--accent); cursor: pointer; }
.approve { color: var(--on-accent); background: var(--accent); }
.deny { color: var(--accent); background: var(--card); }
button:hover { filter: brightness(1.08); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.alert { padding: .65rem .75rem; color: var(--bad); background: var(--bad-tint); border-left: 4px solid var(--bad); border-radius: 6px; }
@media (max-width: 30rem) {
  body { padding: 0; place-items: start stretch; background: var(--card); }
  main { padding: 1.25rem 1rem 2rem; border: 0; border-radius: 0; box-shadow: none; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .75rem; }
}
`
