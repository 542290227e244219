import type { Answer, Assistant, Question } from '../answer';
import { card, PATTERNS } from './patterns';
import { isRevision, revise } from './revise';
import { readWish } from './wish';

const WORD_MS = 14;
const HINT = 'Tell me what to change: “make it teal”, “rounder”, “add a title …”, “dark”. Or change the code; both are kept.';

/** Makes real components of words, without a network and always the same. */
export const offlineAssistant: Assistant = async (question, onText, signal) => {
  const answer = answerTo(question);
  let said = '';
  for (const word of answer.text.split(/(?<=\s)/)) {
    said += word;
    onText(said);
    await new Promise((resolve) => setTimeout(resolve, WORD_MS));
    signal.throwIfAborted();
  }
  return answer;
};

export function answerTo({ prompt, target, current, image, history }: Question): Answer {
  const pattern = PATTERNS.find(({ words }) => words.test(prompt.replace(/["“”][^"“”]*["“”]/g, ' ')));
  if (current && (target || isRevision(prompt) || !pattern)) {
    const { code, done } = revise(prompt, current, target);
    if (done.length > 0)
      return { text: `I ${sentence(done)}.`, component: { name: current.name, isNew: false, ...code } };
    if (target || isRevision(prompt))
      return {
        text: 'I could not work out how to do that without a model. Offline I can change colours, corners, size, typeface, shadow, titles and labels, or turn it dark. For more, connect a model in the settings.',
        component: null,
      };
  }
  const made = (pattern ?? card).make(readWish(prompt));
  const text = pattern
    ? `Here is ${pattern.noun}.${history.length === 0 ? ` ${HINT}` : ''}`
    : `${image ? 'I cannot see pictures offline, but I have kept it. ' : ''}Offline I know buttons, cards, forms, logins, navbars, pricing tables, modals, to-do lists, charts, heroes, profiles, tables and counters. Here is a card to begin with; for anything else, connect a model in the settings.`;
  return { text, component: { isNew: true, ...made } };
}

const sentence = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
