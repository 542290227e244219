import { Fragment, type ReactNode } from 'react';

/** What assistants write, as far as it helps reading: paragraphs, lists, code, emphasis. Never as HTML. */
export function Prose({ text }: { text: string }) {
  const blocks = text.split(/(```[\s\S]*?(?:```|$))/g).filter((block) => block.trim() !== '');
  return (
    <div className="prose">
      {blocks.map((block, i) => (block.startsWith('```') ? <Code key={i} block={block} /> : <Paragraphs key={i} text={block} />))}
    </div>
  );
}

const Code = ({ block }: { block: string }) => (
  <pre tabIndex={0}>
    <code>{block.replace(/^```[^\n]*\n?/, '').replace(/\n?```$/, '')}</code>
  </pre>
);

function Paragraphs({ text }: { text: string }) {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph, i) => {
      const lines = paragraph.split('\n');
      if (lines.every((line) => /^\s*[-*•]\s+/.test(line)))
        return (
          <ul key={i}>
            {lines.map((line, j) => (
              <li key={j}>{inline(line.replace(/^\s*[-*•]\s+/, ''))}</li>
            ))}
          </ul>
        );
      return (
        <p key={i}>
          {lines.map((line, j) => (
            <Fragment key={j}>
              {j > 0 && <br />}
              {inline(line.replace(/^#{1,6}\s+/, ''))}
            </Fragment>
          ))}
        </p>
      );
    });
}

const inline = (text: string): ReactNode[] =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*)/g).map((part, i) => {
    if (part.startsWith('`') && part.length > 2) return <code key={i}>{part.slice(1, -1)}</code>;
    if (part.startsWith('**') && part.length > 4) return <strong key={i}>{part.slice(2, -2)}</strong>;
    return part;
  });
