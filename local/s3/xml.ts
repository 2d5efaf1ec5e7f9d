import type { S3Error } from './errors';

/** The content of an XML element: text, or elements by name. A list is a repeated element. */
export type XmlContent =
  | string | number | boolean
  | { readonly [element: string]: XmlContent | readonly XmlContent[] | undefined };

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Renders a document with one root element. */
export function document(root: string, content: XmlContent): string {
  return `${DECLARATION}<${root} xmlns="${NAMESPACE}">${render(content)}</${root}>`;
}

/** Renders an error, which has no namespace in Amazon S3. */
export function errorDocument(error: S3Error, requestId: string): string {
  const members = { Code: error.code, Message: error.message, ...error.members, RequestId: requestId, HostId: 'local' };
  return `${DECLARATION}${element('Error', members)}`;
}

function element(name: string, content: XmlContent): string {
  return `<${name}>${render(content)}</${name}>`;
}

function render(content: XmlContent): string {
  if (typeof content !== 'object') return escape(String(content));
  return Object.entries(content)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((each: XmlContent) => element(name, each)))
    .join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
