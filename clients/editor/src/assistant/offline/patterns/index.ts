import { button } from './button';
import { card } from './card';
import { chart } from './chart';
import { counter } from './counter';
import { form } from './form';
import { hero } from './hero';
import { login } from './login';
import { modal } from './modal';
import { navbar } from './navbar';
import type { Pattern } from './pattern';
import { pricing } from './pricing';
import { profile } from './profile';
import { table } from './table';
import { todo } from './todo';

/** The first whose words are in the prompt is meant: "a login form with a button" is a login. */
export const PATTERNS: readonly Pattern[] = [
  pricing, login, todo, modal, navbar, hero, chart, profile, counter, table, form, card, button,
];

export { card };
