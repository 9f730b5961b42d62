import {html} from './markup.ts';

// Each pair of colours that carries text is at least 4.5:1, in light and in dark; test/browser measures it.
/** No font and no picture comes from elsewhere. Shades say nothing that a word or a figure beside them does not say as well. */
export const css = html`
:root{color-scheme:light dark;
--page:#f5f6f7;--card:#fff;--ink:#1b2126;--soft:#55606b;--rule:#dde1e5;--sunk:#f0f2f4;--link:#0b57a4;
--good:#17653a;--good-wash:#e3f3e8;--good-rule:#9fd0b1;--bad:#a61b1b;--bad-wash:#fdeaea;--bad-rule:#e7a3a3;--caution:#7a4b00;--caution-wash:#fdf1db;--caution-rule:#e3bd7b;--open:#4b4a86;--open-wash:#ececf9;--open-rule:#b5b4de;
--h0:#b3211f;--h0-ink:#fff;--h1:#e58d84;--h1-ink:#2b0503;--h2:#f6c98e;--h2-ink:#331f00;--h3:#f7ecb5;--h3-ink:#33290a;--h4:#e0f0e5;--h4-ink:#17532f;--hu:#e3e3f4;--hu-ink:#3b3a75;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;--mono:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
@media screen and (prefers-color-scheme:dark){:root{
--page:#14181b;--card:#1c2125;--ink:#e4e8eb;--soft:#a3adb6;--rule:#333b42;--sunk:#161a1e;--link:#8ec3ff;
--good:#7fd3a0;--good-wash:#16301f;--good-rule:#2f6443;--bad:#ff9d95;--bad-wash:#3b1a19;--bad-rule:#7d3532;--caution:#f0bd6a;--caution-wash:#35280f;--caution-rule:#6f5320;--open:#bab9f2;--open-wash:#25253f;--open-rule:#4e4d80;
--h0:#c63a35;--h0-ink:#fff;--h1:#8f3f38;--h1-ink:#ffe9e6;--h2:#76511d;--h2-ink:#ffedd2;--h3:#56501f;--h3-ink:#fbf4cc;--h4:#1d3a28;--h4-ink:#a5dfba;--hu:#33325a;--hu-ink:#d3d2fa}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;padding:clamp(.75rem,2.5vw,2rem);max-width:74rem;background:var(--page);color:var(--ink);font:1rem/1.5 var(--sans);overflow-wrap:anywhere}
p,ul,ol,dl,figure,pre{margin:0}
h1,h2,h3,h4{line-height:1.3;margin:0;text-wrap:pretty}
h1{font-size:clamp(1.0625rem,.875rem + 1vw,1.4375rem);font-weight:600}
h2{font-size:1.15rem;margin-bottom:.75rem}
h3{font-size:1rem}
h4{font-size:.875rem;margin:1rem 0 .375rem}
code,pre{font-family:var(--mono);font-size:.8125rem;unicode-bidi:isolate}
a{color:var(--link)}
a:focus-visible,summary:focus-visible,.wide:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
.faint,.note,.lead{color:var(--soft)}
.note,.lead{font-size:.875rem;margin:.5rem 0}
.lead{max-width:62rem;margin-top:-.25rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.count{font-weight:400;font-size:.8125rem;color:var(--soft);background:var(--sunk);border:1px solid var(--rule);border-radius:1rem;padding:0 .5rem;margin-left:.25rem}
.bad-text{color:var(--bad)}
section,.verdict{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:clamp(.875rem,2vw,1.5rem);margin-bottom:1rem;min-width:0;position:relative}
.verdict{border-left:6px solid var(--tone);background:linear-gradient(var(--wash),var(--card) 8rem)}
.good{--tone:var(--good);--wash:var(--good-wash);--edge:var(--good-rule)}
.bad{--tone:var(--bad);--wash:var(--bad-wash);--edge:var(--bad-rule)}
.caution{--tone:var(--caution);--wash:var(--caution-wash);--edge:var(--caution-rule)}
.open{--tone:var(--open);--wash:var(--open-wash);--edge:var(--open-rule)}
.faint{--tone:var(--soft);--wash:var(--sunk);--edge:var(--rule)}
.status{margin-bottom:.625rem}
.badge{display:inline-block;font-weight:700;color:var(--tone);background:var(--wash);border:1px solid var(--edge);border-radius:2rem;padding:.125rem .875rem}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin-top:1rem;font-size:.875rem}
.facts dt{color:var(--soft);font-size:.8125rem}
.facts dd{margin:0}
.tiles{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.75rem;margin-bottom:1rem}
.tiles a{display:flex;align-items:baseline;gap:.625rem;height:100%;text-decoration:none;color:var(--ink);background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:.625rem 1rem;font-size:.875rem;line-height:1.3}
.tiles a:hover{border-color:var(--tone)}
.tiles b{flex:none;font-size:1.75rem;line-height:1.1;color:var(--tone);font-variant-numeric:tabular-nums}
.tiles small{color:var(--soft);font-size:.8125rem;display:block}
details{margin-top:.75rem}
summary{cursor:pointer;font-size:.875rem;font-weight:600;padding:.125rem 0;width:fit-content;max-width:100%}
details[open]>summary{margin-bottom:.5rem}
.quiet>summary{font-weight:400;color:var(--soft)}
pre{background:var(--sunk);border:1px solid var(--rule);border-radius:8px;padding:.5rem .75rem;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.5}
pre code{display:inline-block;max-width:100%;vertical-align:top}
.type{border-left:3px solid var(--link)}
.type code{user-select:all}
.remark{color:var(--soft)}
.evidence figure+figure{margin-top:.75rem}
figcaption{font-size:.8125rem;color:var(--soft);margin-bottom:.25rem}
.cause{border-left:4px solid var(--tone);padding-left:1rem;min-width:0}
.cause+.cause{margin-top:1.5rem;padding-top:.25rem}
.cause h3 code{font-size:1rem;font-weight:600}
.cause .kind{color:var(--tone)}
.message{margin-top:.375rem}
.same{margin:.75rem 0 0;padding-left:.75rem;border-left:2px solid var(--rule);font-size:.875rem}
.same pre{margin-top:.375rem}
.pill{display:inline-block;font-size:.75rem;font-weight:400;color:var(--tone,var(--soft));border:1px solid var(--edge,var(--rule));background:var(--wash,none);border-radius:1rem;padding:0 .5rem;vertical-align:.0625rem}
.code{color:var(--tone,var(--ink))}
.lines .code{color:var(--ink);white-space:nowrap}
.chips{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.375rem}
.chips li{font-size:.8125rem;background:var(--sunk);border:1px solid var(--rule);border-radius:6px;padding:.0625rem .5rem}
.chips .more{border-style:dashed;color:var(--soft)}
.plain{padding-left:1.125rem;font-size:.875rem}
.plain li+li{margin-top:.25rem}
.mark{font-weight:700;color:var(--tone);margin-right:.375rem}
.wide{position:relative;overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.875rem;overflow-wrap:normal}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding-bottom:.25rem}
.lines{width:100%;min-width:38rem}
.lines th,.lines td{text-align:left;vertical-align:top;padding:.375rem .75rem .375rem 0;border-bottom:1px solid var(--rule)}
.lines tbody tr:last-child>*{border-bottom:0}
.lines thead th{color:var(--soft);font-size:.8125rem;font-weight:600;white-space:nowrap}
.lines tbody th{font-weight:600;overflow-wrap:anywhere;min-width:10rem}
.lines .figure{white-space:nowrap;font-variant-numeric:tabular-nums}
.lines tbody th .faint{font-weight:400}
.cell{border-radius:4px;padding:.0625rem .375rem}
.map{border-collapse:separate;border-spacing:2px;font-variant-numeric:tabular-nums}
.map td{min-width:3.5rem;height:2.25rem;text-align:center;border-radius:5px;padding:.125rem .375rem;white-space:nowrap;line-height:1.15}
.map td small{display:block;font-size:.75rem}
.map thead th{font-size:.8125rem;font-weight:600;padding:.25rem .375rem;vertical-align:bottom}
.map thead th>span{display:inline-block;width:max-content;max-width:9rem;overflow-wrap:anywhere}
.map .corner{color:var(--soft);text-align:left;font-weight:400}
.map tbody th,.map .corner{position:sticky;left:0;background:var(--card);z-index:1}
.map tbody th{font-weight:600;text-align:left;padding:.125rem .75rem .125rem 0;}
.map tbody th>span{display:block;width:max-content;min-width:6rem;max-width:22rem;overflow-wrap:anywhere}
.map tbody th .faint,.map tbody th details{font-weight:400}
.map tbody th details{margin:0}
.map tbody th summary{font-size:.8125rem}
.upright thead th:not(.corner)>span{writing-mode:vertical-rl;transform:rotate(180deg);height:max-content;max-height:12rem;width:auto;max-width:3.25rem;overflow:hidden}
.h0{background:var(--h0);color:var(--h0-ink);font-weight:700}.h1{background:var(--h1);color:var(--h1-ink);font-weight:600}.h2{background:var(--h2);color:var(--h2-ink)}.h3{background:var(--h3);color:var(--h3-ink)}.h4{background:var(--h4);color:var(--h4-ink)}.hu{background:var(--hu);color:var(--hu-ink)}
.map .none{color:var(--soft)}
.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.375rem 1rem;margin-top:.75rem;font-size:.8125rem;color:var(--soft)}
.legend span{border-radius:4px;padding:.0625rem .5rem;margin-right:.25rem}
#dns h3{margin-top:.75rem}
#reach h3{margin:1.25rem 0 .5rem;font-size:.875rem}
.lost>div,.reasons>div{padding:.375rem 0;border-top:1px solid var(--rule);font-size:.875rem}
.lost dd,.reasons dd{margin:0;color:var(--soft)}
.reasons dt{font-weight:600}
.chain{list-style:none;padding:0}
.chain>li{position:relative;padding-left:2.25rem}
.chain>li:not(:last-child)::before{content:"";position:absolute;left:.6875rem;top:1.625rem;bottom:-.25rem;width:2px;background:var(--rule)}
.chain details{margin:0;padding:.1875rem 0}
.chain summary{list-style:none;font-weight:400;width:auto}
.chain summary::-webkit-details-marker{display:none}
.chain summary .mark{position:absolute;left:0;top:.25rem;width:1.5rem;height:1.5rem;line-height:1.375rem;text-align:center;border-radius:50%;background:var(--wash);border:1px solid var(--edge);font-size:.8125rem;margin:0}
.chain .link{font-weight:600;margin-right:.5rem}
.chain .link::after{content:" ▸";color:var(--soft);font-weight:400}
.chain details[open] .link::after{content:" ▾"}
.chain .gist{color:var(--soft)}
.chain .bad .gist,.chain .caution .gist,.chain .open .gist{color:var(--tone)}
.questions{list-style:none;padding:0 0 .5rem;font-size:.875rem}
.questions li{display:flex;padding:.1875rem 0}
.questions li.faint{color:var(--soft)}
.questions .mark{flex:none;width:1.25rem}
.questions .said{display:block;color:var(--soft)}
.all{list-style:none;padding:0;font-size:.875rem}
.all>li{border-left:3px solid var(--tone);padding:.25rem 0 .25rem .75rem;margin-bottom:.75rem}
.steps{padding-left:1.5rem;font-size:.875rem}
.steps pre{padding:.125rem .5rem;margin:.125rem 0}
.told{border-left:3px solid var(--tone);padding-left:.75rem;margin-bottom:1rem;font-size:.875rem}
.trace+.trace{margin-top:1.75rem}
.trace h3{margin-bottom:.5rem}
svg{display:block;overflow:visible;width:100%;height:auto;font-family:var(--sans)}
.tall-path{display:none;max-width:26rem}
.trace-picture{min-width:52rem;max-width:68rem}
.path figcaption{margin:.5rem 0 0}
.frame{fill:var(--wash,var(--card));stroke:var(--edge,var(--rule));stroke-width:1.25}
.station text,.hook text,.chain-box text{fill:var(--ink)}
.station .name{font-size:15px;font-weight:600}
svg .about{font-size:12px;fill:var(--soft)}
svg .mono{font-family:var(--mono);font-size:12px}
svg .lane{font-size:12.5px;fill:var(--soft);letter-spacing:.02em}
.station .glyph{font-size:17px;font-weight:700;fill:var(--tone)}
.station .share{font-size:13px;font-weight:700;fill:var(--tone)}
.station.good,.station.faint{--wash:var(--card)}
.station.plain .frame,.chain-box .frame{fill:var(--sunk);stroke:var(--rule)}
.station.unasked .frame{fill:none;stroke-dasharray:5 4}
.station.unasked .name{fill:var(--soft);font-weight:400}
.station.here .frame{stroke:var(--tone);stroke-width:3}
.station .callout{font-family:var(--mono);font-size:13px;font-weight:700;fill:var(--tone)}
.node{fill:none;stroke:var(--rule);stroke-width:1.5}
.hook .frame{fill:var(--card);stroke:var(--rule)}
.hook.bad .frame{fill:var(--bad-wash);stroke:var(--bad)}.hook.caution .frame{fill:var(--caution-wash);stroke:var(--caution)}.hook.dnat .frame{stroke:var(--link);stroke-width:2}
.line,.head{fill:none;stroke:var(--soft);stroke-width:1.75}
.line.lost{stroke:var(--bad);stroke-dasharray:3 5}
.head.lost{stroke:var(--bad)}
footer{color:var(--soft);font-size:.8125rem;padding:.25rem .25rem 1rem}
@media (max-width:52rem){.wide-path{display:none}.tall-path{display:block;margin:0 auto}}
@media (max-width:36rem){.map tbody th{font-size:.8125rem}.map tbody th>span{min-width:3rem;max-width:9rem}.facts{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}.facts>div{display:contents}.tiles{grid-template-columns:1fr 1fr;gap:.5rem}.tiles a{padding:.5rem .75rem}.cause{padding-left:.75rem}.chain .gist{display:block}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt;background:none}section,.verdict,.tiles a{break-inside:auto;border-color:#bbb;box-shadow:none}.cause,.tiles,tr,figure,.chain>li{break-inside:avoid}h2,h3,h4,summary{break-after:avoid}.cause details::details-content{content-visibility:visible;block-size:auto}.wide{overflow:visible}.wide-path{display:block}.tall-path{display:none}.lines,.trace-picture{min-width:0}table{font-size:8pt}.h0,.h1,.h2,.h3,.h4,.hu,.badge,.station,.mark,.verdict{print-color-adjust:exact;-webkit-print-color-adjust:exact}.tiles a{text-decoration:none}}
`;
