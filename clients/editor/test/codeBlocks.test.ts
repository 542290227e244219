import { describe, expect, it } from 'vitest';
import { nameIn, readReply } from '../src/assistant/codeBlocks';
import { compile } from '../src/preview/compile';

describe('a model’s reply', () => {
  it('is taken apart into words and code', () => {
    const reply = 'Here it is.\n\n```jsx\nexport default function PriceList() {}\n```\n\n```css\n.a { b: c }\n```\n\nEnjoy.';
    expect(readReply(reply)).toEqual({
      text: 'Here it is.\n\nEnjoy.',
      jsxCode: 'export default function PriceList() {}\n',
      cssCode: '.a { b: c }\n',
    });
  });

  it('is understood while it is still coming', () => {
    expect(readReply('Well.\n\n```jsx\nexport def').text).toBe('Well.');
  });

  it('keeps blocks of other languages among its words', () => {
    expect(readReply('```sh\nls\n```')).toEqual({ text: '```sh\nls\n```', jsxCode: null, cssCode: null });
  });

  it('names its component in words', () => {
    expect(nameIn('export default function PricingTable() {}')).toBe('Pricing table');
    expect(nameIn('const Card = () => null;\nexport default Card')).toBe('Card');
    expect(nameIn('1 + 1')).toBeNull();
  });
});

describe('compiling', () => {
  it.each([
    'export default function A() { return <p>hi</p> }',
    'function A() { return <p>hi</p> }',
    'const A = (): JSX.Element => <p>hi</p>;',
    '<p>hi</p>',
    "import React, { useState } from 'react';\nexport const A = () => <>{useState(1)[0] as number}</>;",
  ])('takes %j', (jsx) => {
    expect(compile(jsx)).toHaveProperty('code');
  });

  it('says where it is wrong', () => {
    expect(compile('export default () => (\n  <p>\n);')).toEqual({ error: expect.stringMatching(/^Line \d+: /) as string });
  });
});
