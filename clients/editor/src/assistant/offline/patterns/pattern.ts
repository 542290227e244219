import type { Wish } from '../wish';

export interface Made {
  name: string;
  jsxCode: string;
  cssCode: string;
}

/** A kind of component that can be made without a model. */
export interface Pattern {
  words: RegExp;
  /** "a pricing table" */
  noun: string;
  make(wish: Wish): Made;
}
