/**
 * The public types: what `window.lab` has, and every type that this names, from the declarations that the compiler makes
 * of them. For `dist/lab.d.ts` and the reference page.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root } from './paths.mjs';

/** Where scripts meet the lab, and what its promises reject with. */
const BEGINNINGS = [
  { file: 'www/app/page-lab.ts', name: 'PageLab' },
  { file: 'www/engine/lab.ts', name: 'Lab' },
  { file: 'www/engine/errors.ts', name: 'LabError' },
];

const HEADER = `/**
 * Safepoint Lab for scripts: the types of \`window.lab\`. Times and durations are microseconds unless a comment says
 * otherwise, and never finer than the browser's clock; instants count from the start of the engine.
 */

declare global {
  interface Window {
    lab: PageLab;
  }
}
`;

/**
 * @typedef {object} Named a declaration, or a member of one
 * @property {string} name
 * @property {string} text without its comment; of a class or an interface with its members
 * @property {string} comment with its delimiters; empty if there is none
 * @typedef {Named & { kind: 'class' | 'interface' | 'type', heading: string, members: Named[] }} Declared
 *   `heading`: a class or an interface without its members
 */

/** @returns {Declared[]} what scripts meet first, then the rest by name */
export function publicTypes() {
  /** @type {Map<string, Declaration>} */
  const found = new Map();
  const waiting = BEGINNINGS.map(({ file, name }) => declarationOf(path.join(root, file), name));
  while (waiting.length > 0) {
    const node = waiting.shift();
    const name = node?.name?.text;
    // What no module declares is the language's or the browser's.
    if (!node || !name || found.get(name) === node) continue;
    if (found.has(name)) throw new Error(`Of the public types two are called ${name}: rename one`);
    found.set(name, node);
    const { fileName } = node.getSourceFile();
    waiting.push(...namesIn(node).map((named) => declarationOf(fileName, named)));
  }
  const all = [...found.values()].map(declared);
  const first = all.splice(0, BEGINNINGS.length);
  return [...first, ...all.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** @param {Declared[]} types @returns {string} a file of types that names no other */
export function declarationFile(types) {
  const each = types.map(({ comment, text }) => `${comment}${comment && '\n'}export declare ${text}\n`);
  return [HEADER, ...each].join('\n');
}

/** @typedef {ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration} Declaration */

/** @type {Map<string, ts.SourceFile>} */
const read = new Map();

/** @param {string} file */
function moduleAt(file) {
  const known = read.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  read.set(file, source);
  return source;
}

/**
 * @param {string} file in which it is named
 * @param {string} name
 * @param {boolean} [outside] whether it is named from outside: by what the module exports
 * @returns {Declaration | undefined}
 */
function declarationOf(file, name, outside = false) {
  for (const node of moduleAt(file).statements) {
    if (ts.isClassDeclaration(node) && node.name?.text === name) return withoutBodies(node);
    if ((ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && node.name.text === name)
      return node;
    const way = ts.isExportDeclaration(node)
      ? outside && node
      : ts.isImportDeclaration(node) && !outside && node;
    const from = way && way.moduleSpecifier;
    if (!way || !from || !ts.isStringLiteral(from) || !from.text.startsWith('.')) continue;
    const target = path.resolve(path.dirname(file), from.text);
    const names = ts.isImportDeclaration(way) ? way.importClause?.namedBindings : way.exportClause;
    // `export * from` has no names.
    if (!names && outside) {
      const other = declarationOf(target, name, true);
      if (other) return other;
    } else if (names && 'elements' in names)
      for (const one of names.elements)
        if (one.name.text === name) return declarationOf(target, (one.propertyName ?? one.name).text, true);
  }
  return undefined;
}

/** @type {Map<ts.ClassDeclaration, ts.ClassDeclaration>} */
const bodiless = new Map();

/** @param {ts.ClassDeclaration} node @returns {ts.ClassDeclaration} its declaration, without what is internal */
function withoutBodies(node) {
  const known = bodiless.get(node);
  if (known) return known;
  const { fileName, text } = node.getSourceFile();
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(text, {
    fileName,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, stripInternal: true },
  });
  // A type of its members that is not written down.
  for (const { messageText } of diagnostics)
    throw new Error(`${fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  const declarations = ts.createSourceFile(fileName, outputText, ts.ScriptTarget.Latest, true);
  for (const one of declarations.statements)
    if (ts.isClassDeclaration(one) && one.name?.text === node.name?.text) {
      bodiless.set(node, one);
      return one;
    }
  throw new Error(`${fileName} does not declare ${node.name?.text}`);
}

/** @param {Declaration} node @returns {Declared} */
function declared(node) {
  const name = node.name?.text ?? '';
  const kind = ts.isClassDeclaration(node) ? 'class' : ts.isInterfaceDeclaration(node) ? 'interface' : 'type';
  const plain = node.getText().replace(/^(export )?(declare )?/, '');
  if (ts.isTypeAliasDeclaration(node))
    return { name, kind, comment: commentOf(node), heading: plain, text: plain, members: [] };
  const members = [...node.members].filter(isPublic).map(
    (member) =>
      /** @type {Named} */ ({
        name: member.name?.getText() ?? '',
        text: member.getText(),
        comment: commentOf(member),
      }),
  );
  const heading = plain.slice(0, plain.indexOf('{')).trim();
  const body = members.map(({ comment, text }) => `${comment && `    ${comment}\n`}    ${text}\n`).join('');
  return { name, kind, comment: commentOf(node), heading, text: `${heading} {\n${body}}`, members };
}

/** @param {ts.ClassElement | ts.TypeElement} member */
function isPublic(member) {
  return !member.name || !ts.isPrivateIdentifier(member.name);
}

/** @param {ts.Node} node */
function commentOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  return comment?.getText() ?? '';
}

/** @param {Declaration} node @returns {string[]} of the types that it is made of */
function namesIn(node) {
  const parameters = new Set((node.typeParameters ?? []).map(({ name }) => name.text));
  /** @type {string[]} */
  const names = [];
  /** @param {ts.Node} child */
  const visit = (child) => {
    if (ts.isImportTypeNode(child)) throw new Error(`${child.getText()}: write the type, not where it is`);
    if (ts.isTypeParameterDeclaration(child)) parameters.add(child.name.text);
    if (ts.isTypeReferenceNode(child) && ts.isIdentifier(child.typeName)) names.push(child.typeName.text);
    if (ts.isExpressionWithTypeArguments(child)) names.push(child.expression.getText());
    ts.forEachChild(child, visit);
  };
  visit(node);
  return names.filter((name) => !parameters.has(name));
}
