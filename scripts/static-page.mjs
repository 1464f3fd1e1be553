/** A page of text beside the lab, which needs no script. */

const STYLE = `
  :root {
    color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif;
    color: light-dark(#1b1f24, #e6e8eb); background: light-dark(#fff, #15181c);
  }
  body { margin: 0 auto; padding: 1rem; max-width: 60rem; }
  code, pre { font: 14px/1.5 ui-monospace, monospace; }
  pre { overflow-x: auto; padding: 0.75rem; background: light-dark(#f3f4f6, #22262b); border-radius: 4px; }
  h2 { margin: 2.5rem 0 0; font: 600 1.15rem ui-monospace, monospace; }
  h3 { margin: 1.25rem 0 0; font: 14px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
  h3 b { font-size: 15px; }
  p { margin: 0.25rem 0; max-width: 46rem; }
  a { color: light-dark(#0a58ca, #7ab7ff); }
  nav { columns: 12rem; margin: 1rem 0; }
  nav a { display: block; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; }
  :is(th, td) { padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; vertical-align: top; }
  .member { margin-left: 1.5rem; }
`;

/**
 * @param {string} title
 * @param {string} content HTML
 * @returns {string}
 */
export function staticPage(title, content) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width" />
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`;
}

/** @param {string} text */
export function escaped(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
