import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  convertBackendComponentToFrontend as componentIn,
  convertBackendInteractionToFrontend as interactionIn,
  convertBackendMessageToFrontend as messageIn,
  convertFrontendComponentToBackend as componentOut,
  convertFrontendInteractionToBackend as interactionOut,
  convertFrontendMessageToBackend as messageOut,
  type BackendMessage,
  type FrontendMessage,
} from '../src/conversions.js';

const text = fc.string({ unit: 'binary' });
const said = fc.oneof(text.filter((t) => t !== ''), fc.constant('[image]'));
const date = fc.date({ noInvalidDate: true });
const time = date.map((d) => d.toISOString());
const metadata = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<never>;
const hash = fc.string({ minLength: 64, maxLength: 64, unit: fc.constantFrom(...'0123456789abcdef') });
const attachment = fc.record({ sha256: hash, name: fc.string(), content_type: fc.string(), size: fc.nat() });

const message: fc.Arbitrary<BackendMessage> = fc.record({
  client_id: fc.uuid(),
  role: fc.constantFrom('user', 'assistant'),
  content: said,
  message_type: fc.constantFrom('text', 'code', 'error'),
  metadata,
  attachments: fc.array(attachment, { maxLength: 3 }),
  created_at: time,
});
const component = fc.record({
  client_id: fc.uuid(), name: text, jsx_code: text, css_code: text, component_type: text, is_current: fc.boolean(),
  metadata, created_at: time, updated_at: time,
});
const interaction = fc.record({
  client_id: fc.uuid(), prompt: text, response: text, interaction_type: text,
  target_element: fc.option(text), metadata, created_at: time,
});
const shown: fc.Arbitrary<FrontendMessage> = fc.record({
  id: fc.uuid(),
  type: fc.constantFrom('prompt', 'response'),
  text: fc.oneof(text, fc.constant(''), fc.constant('[image]')),
  image: fc.constant(null),
  timestamp: date,
  metadata,
});

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
};

describe('conversions', () => {
  it('bring every row of the service there and back as it was', () => {
    fc.assert(fc.property(message, (row) => void expect(messageOut(messageIn(frozen(row)))).toEqual(row)));
    fc.assert(fc.property(component, (row) => void expect(componentOut(componentIn(frozen(row)))).toEqual(row)));
    fc.assert(fc.property(interaction, (row) => void expect(interactionOut(interactionIn(frozen(row)))).toEqual(row)));
  });

  it('bring everything that an editor shows there and back as it was', () => {
    fc.assert(fc.property(shown, (value) => void expect(messageIn(messageOut(frozen(value)))).toEqual(value)));
    const asShown = { component: component.map(componentIn), interaction: interaction.map(interactionIn) };
    fc.assert(fc.property(asShown.component, (value) => void expect(componentIn(componentOut(frozen(value)))).toEqual(value)));
    fc.assert(fc.property(asShown.interaction, (value) => void expect(interactionIn(interactionOut(frozen(value)))).toEqual(value)));
  });

  it('give the service a text that it takes, whatever the message', () => {
    fc.assert(fc.property(shown, (value) => void expect(messageOut(value).content).not.toBe('')));
  });

  it('keep the order of times to the millisecond, and read the service’s microseconds', () => {
    const row = { client_id: '', role: 'user' as const, content: 'x', message_type: 'text', metadata: {}, attachments: [] };
    expect(messageIn({ ...row, created_at: '2026-01-02T03:04:05.678901Z' }).timestamp).toEqual(new Date('2026-01-02T03:04:05.678Z'));
  });

  it('never throw, whatever stands for a time', () => {
    fc.assert(
      fc.property(message, component, interaction, fc.string(), (m, c, i, created_at) => {
        messageOut(messageIn({ ...m, created_at }));
        componentOut(componentIn({ ...c, created_at, updated_at: created_at }));
        interactionOut(interactionIn({ ...i, created_at }));
        messageOut({ ...messageIn(m), timestamp: new Date(NaN) });
      }),
    );
  });

  it('hand the image through, and put its attachment in place of those before', () => {
    const image = new File(['x'], 'x.png');
    const [row] = fc.sample(message, 1);
    expect(messageIn(row!, image).image).toBe(image);
    const [one] = fc.sample(attachment, 1);
    expect(messageOut({ ...messageIn(row!), image }, one).attachments).toEqual([one]);
  });

  it('convert a thousand messages in less than ten milliseconds', () => {
    const rows = fc.sample(message, { numRuns: 1000, seed: 1 });
    const times = Array.from({ length: 20 }, () => {
      const began = performance.now();
      for (const row of rows) messageOut(messageIn(row));
      return performance.now() - began;
    });
    // The best of several: what else the machine does is not what is measured.
    expect(Math.min(...times)).toBeLessThan(10);
  });
});
