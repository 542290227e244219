import { outdent, sheet } from '../looks';
import { jsxText, titled } from '../wish';
import type { Pattern } from './pattern';

const TASKS = ['Water the plants', 'Answer Mira', 'Book the train', 'Mend the blue chair', 'Call the baker', 'Sort the photographs', 'Return the books', 'Sweep the yard'];

export const todo: Pattern = {
  words: /\bto-?do|task ?list|tasks|check ?list|shopping list\b/i,
  noun: 'a to-do list',
  make({ look, quoted, subject, count }) {
    const tasks = quoted.length > 1 ? quoted.slice(1) : TASKS.slice(0, count ?? 4);
    const rows = tasks.map((task, i) => `  { id: ${i + 1}, text: ${JSON.stringify(task)}, isDone: ${i === 0} },`);
    return {
      name: 'To-do list',
      jsxCode: outdent(`
        import React, { useState } from 'react';

        const first = [
        ${rows.join('\n        ')}
        ];

        export default function Todo() {
          const [tasks, setTasks] = useState(first);
          const [text, setText] = useState('');

          const add = () => {
            if (!text.trim()) return;
            setTasks([...tasks, { id: Date.now(), text: text.trim(), isDone: false }]);
            setText('');
          };
          const toggle = (id) => setTasks(tasks.map((t) => (t.id === id ? { ...t, isDone: !t.isDone } : t)));
          const open = tasks.filter((t) => !t.isDone).length;

          return (
            <section className="todo">
              <h2 className="todo-title">${jsxText(quoted[0] ?? (subject ? titled(subject) : 'Today'))}</h2>
              <p className="todo-count">{open === 0 ? 'All done' : open === 1 ? '1 left' : \`\${open} left\`}</p>
              <ul className="todo-list">
                {tasks.map((task) => (
                  <li key={task.id}>
                    <label>
                      <input type="checkbox" checked={task.isDone} onChange={() => toggle(task.id)} />
                      <span>{task.text}</span>
                    </label>
                    <button type="button" aria-label={'Remove ' + task.text} onClick={() => setTasks(tasks.filter((t) => t !== task))}>×</button>
                  </li>
                ))}
              </ul>
              <div className="todo-new">
                <input
                  aria-label="New task"
                  placeholder="Something else…"
                  value={text}
                  onChange={(e) => setText(e.target.value)}
                  onKeyDown={(e) => e.key === 'Enter' && add()}
                />
                <button type="button" onClick={add}>Add</button>
              </div>
            </section>
          );
        }
      `),
      cssCode: sheet(
        'todo',
        look,
        `display: grid;
        grid-template-columns: 1fr auto;
        align-items: baseline;
        width: 23em;
        padding: 1.6em;
        border-radius: var(--radius);
        background: var(--surface);
        box-shadow: var(--shadow);`,
        `
        &-title { margin: 0; font-size: 1.45em; line-height: 1.2; letter-spacing: -0.015em; }
        &-count { margin: 0; font-size: 0.88em; color: var(--muted); font-variant-numeric: tabular-nums; }
        &-list { grid-column: 1 / -1; margin: 1em 0; padding: 0; list-style: none; }
        &-list li { display: flex; align-items: center; border-top: 1px solid var(--line); }
        &-list label { flex: 1; display: flex; align-items: center; gap: 0.75em; padding: 0.65em 0; cursor: pointer; }
        &-list input { width: 1.15em; height: 1.15em; margin: 0; accent-color: var(--accent); }
        &-list input:checked + span { color: var(--muted); text-decoration: line-through; }
        &-list button { border: 0; background: none; color: var(--muted); font-size: 1.1em; cursor: pointer; opacity: 0.5; }
        &-list button:hover { opacity: 1; }
        &-new { grid-column: 1 / -1; display: flex; gap: 0.5em; }
        &-new input { flex: 1; min-width: 0; padding: 0.65em 0.8em; border: 1px solid var(--line); border-radius: calc(var(--radius) * 0.6); background: var(--raised); color: inherit; font: inherit; }
        &-new button { padding: 0 1.1em; border: 0; border-radius: calc(var(--radius) * 0.6); background: var(--accent); color: var(--on-accent); font: 600 0.95em/1 var(--font); cursor: pointer; }
        &-new :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
        `,
      ),
    };
  },
};
