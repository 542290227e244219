import { describe, expect, it } from 'vitest';
import type { Question } from '../src/assistant/answer';
import { answerTo } from '../src/assistant/offline/assistant';
import { compile } from '../src/preview/compile';

const asked = (prompt: string, more: Partial<Question> = {}): Question => ({
  prompt,
  image: null,
  target: null,
  current: null,
  history: [],
  ...more,
});

const PROMPTS = [
  'a button', 'a card for a lighthouse', 'a contact form with name and phone', 'a newsletter', 'a login', 'a sign-up form',
  'a navbar with 6 links', 'a pricing table with 4 plans', 'a modal', 'a todo list with 3 tasks', 'a chart with 8 bars',
  'a hero for a night market', 'a profile for Ines Falk', 'a table with 7 rows', 'a counter', 'something else',
];

describe('the built-in generator', () => {
  it.each(PROMPTS)('makes something that runs of "%s"', (prompt) => {
    const { component } = answerTo(asked(prompt));
    expect(component?.isNew).toBe(true);
    expect(compile(component!.jsxCode)).toHaveProperty('code');
    expect(component!.cssCode).not.toMatch(/[&$]\{|undefined|NaN/);
    expect(component!.cssCode.split('{').length).toBe(component!.cssCode.split('}').length);
  });

  it('makes the same of the same words', () => {
    expect(answerTo(asked('a red chart about rain'))).toEqual(answerTo(asked('a red chart about rain')));
  });

  it.each(['{"', '<b>', 'a } b', "it's & co"])('takes %j for text, not for code', (label) => {
    const { component } = answerTo(asked(`a button “${label}”`));
    expect(compile(component!.jsxCode)).toHaveProperty('code');
  });

  it('changes what is there, and leaves what was typed by hand', () => {
    const made = answerTo(asked('a pricing table')).component!;
    const current = { ...made, jsxCode: `${made.jsxCode}// by hand\n`, cssCode: `${made.cssCode}/* by hand */\n` };
    const { component, text } = answerTo(asked('make it teal, rounder and dark, with the title "Fresh"', { current }));
    expect(component).toMatchObject({ isNew: false, name: made.name });
    expect(component!.cssCode).toContain('--accent: #0f8b8d;');
    expect(component!.cssCode).toContain('--radius: 20px;');
    expect(component!.cssCode).toContain('/* by hand */');
    expect(component!.jsxCode).toContain('>Fresh</h2>');
    expect(component!.jsxCode).toContain('// by hand');
    expect(text).toBe('I changed the accent colour, turned it dark, rounded the corners and set the title to “Fresh”.');
  });

  it('gives a component of any author a title, where it has none', () => {
    const current = { name: 'Mine', jsxCode: 'export default () => <div onClick={() => 1 > 0}><p>hi</p></div>;', cssCode: '' };
    const { component } = answerTo(asked('add a title "Hello"', { current }));
    expect(component!.jsxCode).toContain('<div onClick={() => 1 > 0}>\n');
    expect(component!.jsxCode).toContain('<h2 className="title">Hello</h2>');
    expect(compile(component!.jsxCode)).toHaveProperty('code');
  });

  it('says so when it cannot do what was asked', () => {
    const current = { name: 'Mine', jsxCode: 'export default () => <p>hi</p>;', cssCode: '' };
    const { component, text } = answerTo(asked('make it sing', { current }));
    expect(component).toBeNull();
    expect(text).toContain('could not');
  });

  it('colours the element that was pointed at', () => {
    const current = answerTo(asked('a button')).component!;
    const target = { tag: 'button', className: 'button-main', text: 'Get started' };
    const { component } = answerTo(asked('make it red', { current, target }));
    expect(component!.cssCode).toContain('.button-main { background: #d6303f; color: #ffffff; }');
  });
});
