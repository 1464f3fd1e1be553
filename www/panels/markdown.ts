/** Markdown as elements. What comes from elsewhere can name no element and no script: what is not listed here is text. */
import { Lexer } from 'marked';
import { make } from './dom.ts';
import { explained, isTerm } from './terms.ts';
import type { Token, Tokens } from 'marked';

/** Terms of the field in brackets: `[safepoint]`. */
const TERM = /(\[[^\]]+\])/;

/** @param text of one paragraph */
export function inline(text: string): (Node | string)[] {
  return spans(Lexer.lexInline(text, { gfm: true }));
}

export function blocks(tokens: Token[]): (Node | string)[] {
  return tokens.flatMap((token) => block(token as Tokens.Generic));
}

function block(token: Tokens.Generic): (Node | string)[] {
  const inside = () => spans(token.tokens ?? []);
  switch (token.type) {
    case 'space':
      return [];
    case 'paragraph':
    case 'text':
      return [make('p', {}, ...inside())];
    case 'heading':
      return [make('h4', {}, ...inside())];
    case 'code':
      return [make('pre', {}, make('code', { text: token.text }))];
    case 'blockquote':
      return [make('blockquote', {}, ...blocks(token.tokens ?? []))];
    case 'list': {
      const items = (token as Tokens.List).items.map((item) => make('li', {}, ...itemOf(item)));
      return [make(token.ordered ? 'ol' : 'ul', {}, ...items)];
    }
    case 'hr':
      return [make('hr')];
    default:
      return [make('p', { text: token.raw.trim() })];
  }
}

/** The only paragraph of an item needs none. */
function itemOf({ tokens }: Tokens.ListItem) {
  return tokens.flatMap((token) =>
    'tokens' in token && token.type === 'text' ? spans(token.tokens ?? []) : block(token),
  );
}

function spans(tokens: Token[]): (Node | string)[] {
  return tokens.flatMap((token) => span(token as Tokens.Generic));
}

function span(token: Tokens.Generic): (Node | string)[] {
  const inside = () => spans(token.tokens ?? []);
  switch (token.type) {
    case 'strong':
      return [make('strong', {}, ...inside())];
    case 'em':
      return [make('em', {}, ...inside())];
    case 'codespan':
      return [make('code', { text: token.text })];
    case 'br':
      return [make('br')];
    case 'escape':
      return [token.text];
    case 'link':
      return /^https?:\/\//.test(token.href)
        ? [make('a', { href: token.href, target: '_blank', rel: 'noopener noreferrer' }, ...inside())]
        : inside();
    case 'text':
      return token.tokens ? inside() : terms(token.raw);
    default:
      return [token.raw];
  }
}

function terms(text: string) {
  return text.split(TERM).map((part) => {
    const name = part.slice(1, -1);
    return part.startsWith('[') && isTerm(name) ? explained(name) : part;
  });
}
