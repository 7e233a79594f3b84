//! How a page looks.

/// The style sheet. A cell stays on one line, a heading breaks where its name has a `<wbr>`, and only long texts (class
/// `w`) break anywhere, in a column of at least sixteen ems. A table that is wider than the window scrolls in a box of its
/// own, which is lower than the window: so its heading and its scroll bar stay in view.
pub(super) const STYLE: &str = "body{font:13px/1.4 system-ui,sans-serif;margin:1rem;color:#222}\
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:1.5rem 0 .5rem}h1,h2,.of td{overflow-wrap:anywhere}nav a{margin-right:1rem}\
table{border-collapse:collapse;margin:.5rem 0}th,td{border:1px solid #ccc;padding:.15rem .4rem;text-align:left;vertical-align:top}\
.of th{white-space:nowrap}.box{overflow:auto;max-height:90vh;border:1px solid #ccc}\
.rows{width:100%;margin:0;border-collapse:separate;border-spacing:0;font-size:12px;font-variant-numeric:tabular-nums}\
.rows th,.rows td{border-width:0 1px 1px 0}.rows td{white-space:nowrap}.rows td.w{white-space:normal;overflow-wrap:anywhere;min-width:16em}\
th.n,td.n{text-align:right}.rows th{background:#eee;position:sticky;top:0;vertical-align:bottom}.none{color:#777}\
@media print{.box{overflow:visible;max-height:none}}";
