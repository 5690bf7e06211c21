/**
 * The page's one stylesheet. Text has a contrast of 4.5 or more and what marks a field or a button one of 3 or more, in
 * light and dark (WCAG 2.2, 1.4.3 and 1.4.11). A click in the first half second was meant for what stood there before
 * (a double click, a window that was swapped), so buttons let it through: `wake` needs no script.
 */
export const style = `:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --card: #fff; --line: #e2e6eb; --edge: #7b8694; --text: #1c2530; --quiet: #566170;
  --tint: #eef3f8; --ink: #1f4168; --accent: #2a5a8c; --accent-over: #21496f; --on-accent: #fff;
  --deny: #4a5563; --deny-over: #3a434f; --bad: #9b2c22; --bad-tint: #fcefed; --good: #24694a; --good-tint: #eaf5ef;
  --mono: ui-monospace, SFMono-Regular, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1318; --card: #171c23; --line: #29313b; --edge: #7f8b99; --text: #e6eaf0; --quiet: #a3aebb;
    --tint: #1d2630; --ink: #cfe2f7; --accent: #8ab6e4; --accent-over: #a6c9ee; --on-accent: #10202f;
    --deny: #a3adb9; --deny-over: #bcc4cd; --bad: #f5aea6; --bad-tint: #35201f; --good: #93d2b1; --good-tint: #192c23;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem 1rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main {
  width: 100%; max-width: 31rem; padding: 1.75rem 2.25rem 2.25rem; overflow-wrap: anywhere;
  background: var(--card); border: 1px solid var(--line); border-radius: 16px;
  box-shadow: 0 1px 2px rgb(20 30 45 / .04), 0 12px 32px rgb(20 30 45 / .06);
}
.brand { margin: 0 0 1.5rem; font-size: .8125rem; color: var(--quiet); }
.brand strong { color: var(--text); font-weight: 600; }
h1 { margin: 0 0 .875rem; font-size: 1.375rem; font-weight: 650; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance; }
h2 { margin: 0 0 .5rem; font-size: 1rem; font-weight: 600; line-height: 1.4; text-wrap: balance; }
p { margin: 0 0 .75rem; text-wrap: pretty; }
main > :last-child, form > :last-child, section > :last-child { margin-bottom: 0; }
.note { font-size: .875rem; color: var(--quiet); }
code { display: inline-block; max-width: 100%; font: .9em/1.4 var(--mono); padding: 0 .4em; border-radius: 5px; background: var(--tint); }
time, .day, #left { font-variant-numeric: tabular-nums; white-space: nowrap; }
.device { font-weight: 600; }
.check { margin: 1.25rem 0; padding: 1.125rem 1rem; text-align: center; border-radius: 12px; background: var(--tint); }
.check h2 { margin: 0; }
.phrase { margin: .375rem 0 .5rem; font: 600 1.875rem/1.25 var(--mono); color: var(--ink); overflow-wrap: normal; }
.check .note { color: var(--text); text-wrap: balance; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .375rem 1rem; margin: 0; font-size: .9375rem; }
dt { color: var(--quiet); }
dd { margin: 0; min-width: 0; }
dl + p { margin-top: .75rem; }
form, .undo { margin-top: 1.5rem; padding-top: 1.5rem; border-top: 1px solid var(--line); }
label { display: block; margin-bottom: .375rem; font-size: .9375rem; font-weight: 600; }
input {
  display: block; width: 100%; margin-bottom: 1rem; padding: .6875rem .8125rem; font: inherit;
  color: inherit; background: var(--card); border: 1px solid var(--edge); border-radius: 9px;
}
input[aria-invalid] { border-color: var(--bad); }
.buttons { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin: 1.25rem 0 .75rem; }
button {
  padding: .75rem 1rem; font: inherit; font-weight: 600; border: 1px solid transparent; border-radius: 9px; cursor: pointer;
  color: var(--on-accent); animation: wake .5s step-end;
}
@keyframes wake { from { pointer-events: none; } }
.waking button { pointer-events: none; }
.approve { background: var(--accent); }
.approve:hover { background: var(--accent-over); }
.deny { background: var(--deny); }
.deny:hover { background: var(--deny-over); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
input:focus-visible { outline-offset: 0; border-color: var(--accent); outline-width: 2px; }
a { color: var(--accent); text-underline-offset: .15em; }
.alert, .notice { padding: .75rem .875rem; border-radius: 9px; }
.alert { margin-bottom: 1.25rem; color: var(--bad); background: var(--bad-tint); }
.notice { color: var(--ink); background: var(--tint); }
.notice code { padding: 0; background: none; }
.mark { display: block; width: 3rem; height: 3rem; margin: 0 0 1.25rem; padding: .8125rem; border-radius: 50%; color: var(--quiet); background: var(--tint); }
.mark path { fill: none; stroke: currentColor; stroke-width: 2.5; stroke-linecap: round; stroke-linejoin: round; }
.mark.good { color: var(--good); background: var(--good-tint); }
.mark.bad { color: var(--bad); background: var(--bad-tint); }
[hidden] { display: none; }
@media (max-width: 30rem) {
  body { display: block; padding: 0; background: var(--card); }
  main { padding: 1.5rem 1.25rem 2rem; border: 0; border-radius: 0; box-shadow: none; }
  .undo dl { grid-template-columns: 1fr; gap: .125rem; }
  .undo dd { margin-bottom: .5rem; }
}
`
