import type { Target } from '../preview/frame/messages';
import type { Code } from './offline/revise';

/** What the assistant is told. */
export interface Question {
  prompt: string;
  image: File | null;
  /** The element that was pointed at. */
  target: Target | null;
  current: ({ name: string } & Code) | null;
  /** What was said before, oldest first. */
  history: readonly { role: 'user' | 'assistant'; text: string }[];
}

/** What it makes of it. */
export interface Answer {
  text: string;
  component: ({ name: string; isNew: boolean } & Code) | null;
}

/** Answers, telling of the text as it comes. */
export type Assistant = (question: Question, onText: (text: string) => void, signal: AbortSignal) => Promise<Answer>;
