import { outdent, sheet } from '../looks';
import { jsxText, titled } from '../wish';
import type { Pattern } from './pattern';

const PLANS = [
  { name: 'Starter', price: 0, points: ['One project', 'Community help', 'Yours for ever'] },
  { name: 'Studio', price: 18, points: ['Ten projects', 'Answers within a day', 'Shared with three'] },
  { name: 'Company', price: 64, points: ['Projects without end', 'A person to call', 'Single sign-on'] },
  { name: 'Group', price: 140, points: ['Everything in Company', 'Your own region', 'A yearly review'] },
];

export const pricing: Pattern = {
  words: /\bpric(?:e|es|ing)|plans|tiers|subscription\b/i,
  noun: 'a pricing table',
  make({ look, quoted, subject, count }) {
    const plans = PLANS.slice(0, Math.max(2, Math.min(count ?? 3, 4)));
    const rows = plans.map(
      ({ name, price, points }, i) =>
        `  { name: ${JSON.stringify(name)}, price: ${price}, points: [${points.map((point) => JSON.stringify(point)).join(', ')}]${i === 1 ? ', isBest: true' : ''} },`,
    );
    return {
      name: 'Pricing table',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        const plans = [
        ${rows.join('\n        ').replaceAll('"', "'")}
        ];

        export default function Pricing() {
          const [isYearly, setIsYearly] = useState(false);
          return (
            <section className="pricing">
              <h2 className="pricing-title">${jsxText(quoted[0] ?? (subject ? `Prices for ${titled(subject)}` : 'Simple prices'))}</h2>
              <div className="pricing-period" role="group" aria-label="Billing">
                <button type="button" aria-pressed={!isYearly} onClick={() => setIsYearly(false)}>Monthly</button>
                <button type="button" aria-pressed={isYearly} onClick={() => setIsYearly(true)}>Yearly, 20% off</button>
              </div>
              <div className="pricing-plans">
                {plans.map((plan) => (
                  <article key={plan.name} className={plan.isBest ? 'pricing-plan is-best' : 'pricing-plan'}>
                    <h3>{plan.name}</h3>
                    <p className="pricing-price">
                      <strong>€{Math.round(plan.price * (isYearly ? 0.8 : 1))}</strong> a month
                    </p>
                    <ul>
                      {plan.points.map((point) => <li key={point}>{point}</li>)}
                    </ul>
                    <button className="pricing-choose" type="button">Choose {plan.name}</button>
                  </article>
                ))}
              </div>
            </section>
          );
        }
      `),
      cssCode: sheet(
        'pricing',
        look,
        `width: min(56em, 100%);
        padding: 2em;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-title { margin: 0 0 0.7em; text-align: center; font-size: 1.8em; line-height: 1.2; letter-spacing: -0.02em; }
        &-period { display: flex; width: fit-content; margin: 0 auto 1.8em; padding: 0.25em; border-radius: 99em; background: var(--raised); }
        &-period button { padding: 0.45em 1.1em; border: 0; border-radius: 99em; background: none; color: var(--muted); font: 600 0.88em/1.3 var(--font); cursor: pointer; }
        &-period button[aria-pressed='true'] { background: var(--surface); color: var(--ink); box-shadow: 0 1px 4px rgb(0 0 0 / 0.14); }
        &-plans { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5em, 1fr)); gap: 1em; }
        &-plan { display: grid; align-content: start; gap: 0.8em; padding: 1.5em; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.8); }
        &-plan.is-best { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
        &-plan h3 { margin: 0; font-size: 1em; color: var(--muted); }
        &-plan.is-best h3 { color: var(--accent); }
        &-plan ul { display: grid; gap: 0.45em; margin: 0; padding: 0; list-style: none; font-size: 0.93em; }
        &-plan li::before { content: '✓'; margin-right: 0.55em; color: var(--accent); font-weight: 700; }
        &-price { margin: 0; color: var(--muted); font-size: 0.9em; }
        &-price strong { font-size: 2.3em; line-height: 1; letter-spacing: -0.03em; color: var(--ink); }
        &-choose { margin-top: 0.4em; padding: 0.7em; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.6); background: none; color: inherit; font: 600 0.93em/1.3 var(--font); cursor: pointer; }
        &-plan.is-best &-choose { border-color: transparent; background: var(--accent); color: var(--on-accent); }
        &-choose:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        `,
      ),
    };
  },
};
