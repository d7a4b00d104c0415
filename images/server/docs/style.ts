// How the documentation page looks: one sheet, no fonts or files from elsewhere, light and dark.
export const style = `
:root { --ink:#14242e; --soft:#56707f; --line:#d7e1e6; --paper:#f6f9fa; --card:#fff; --tide:#0b7285; --tide-soft:#e3f4f6; --get:#2b6cb0; --bad:#b42318; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink:#e6eef2; --soft:#94abb8; --line:#2a3d48; --paper:#0f1a20; --card:#16252d; --tide:#3bc9db; --tide-soft:#12343b; --get:#74b3f0; --bad:#ff8a7a; } }
* { box-sizing: border-box }
body { margin:0; background:var(--paper); color:var(--ink); font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif }
main { max-width:60rem; margin:0 auto; padding:2rem 1.25rem 4rem }
h1 { font-size:1.9rem; margin:0; letter-spacing:-.02em } h2 { font-size:1.1rem; margin:2.25rem 0 .75rem }
h1 small { font-weight:400; color:var(--soft); font-size:1.1rem; margin-left:.4rem }
p { margin:.3rem 0 } .soft { color:var(--soft) } a { color:var(--tide) }
code, pre, .mono { font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace }
pre { margin:.4rem 0 0; padding:.75rem .9rem; background:var(--paper); border:1px solid var(--line); border-radius:8px; overflow:auto; max-height:22rem; white-space:pre-wrap; overflow-wrap:anywhere }
.card { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:1.1rem 1.25rem }
.facts { display:flex; flex-wrap:wrap; gap:.4rem; margin-top:.8rem }
.facts span { background:var(--tide-soft); color:var(--ink); border-radius:99px; padding:.1rem .7rem; font-size:13px }
.grid { display:grid; grid-template-columns:repeat(auto-fill,minmax(11rem,1fr)); gap:.8rem 1rem }
label { display:flex; flex-direction:column; font-size:13px; font-weight:600 } label i { flex:1; font-style:normal; font-weight:400; color:var(--soft); font-size:12px; min-height:1.2em }
input, select { width:100%; margin-top:.25rem; padding:.45rem .6rem; font:inherit; font-weight:400; color:inherit; background:var(--paper); border:1px solid var(--line); border-radius:8px }
input:focus-visible, select:focus-visible, button:focus-visible, summary:focus-visible { outline:2px solid var(--tide); outline-offset:1px }
button { margin-top:1rem; padding:.5rem 1.4rem; font:inherit; font-weight:600; color:#fff; background:#0b7285; border:0; border-radius:8px; cursor:pointer }
#result { margin-top:1rem; min-height:1.5rem } #result strong { font-size:1.3rem }
.bar { display:grid; grid-template-columns:minmax(6rem,12rem) 1fr 4.5rem; gap:.75rem; align-items:center; margin:.3rem 0 }
.bar meter { width:100%; height:.9rem } .bar meter::-webkit-meter-optimum-value { background:var(--tide) } .bar meter::-moz-meter-bar { background:var(--tide) }
.bar output { text-align:right; font-variant-numeric:tabular-nums }
.error { color:var(--bad) }
details { border:1px solid var(--line); border-radius:10px; background:var(--card); margin:.5rem 0; overflow:hidden }
summary { display:flex; gap:.8rem; align-items:baseline; padding:.6rem .9rem; cursor:pointer; list-style:none; flex-wrap:wrap } summary::-webkit-details-marker { display:none }
details > div { padding:0 .9rem .9rem } h3 { font-size:13px; margin:.9rem 0 0; color:var(--soft); font-weight:600 }
.verb { font-weight:700; font-size:12px; min-width:2.6rem; color:var(--get) } .POST { color:var(--tide) }
table { width:100%; border-collapse:collapse; font-size:14px } th, td { text-align:left; padding:.4rem .6rem .4rem 0; border-bottom:1px solid var(--line) } th { color:var(--soft); font-size:13px; font-weight:600 }
.wide { overflow-x:auto }
`
