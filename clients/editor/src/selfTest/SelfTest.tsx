import { testPersistence, testPersistenceUtilities, type Step } from '@ai-editor/persistence/self-test';
import { useState } from 'react';
import { getToken } from '../identity';
import { Dialog } from '../interface/Dialog';
import { Icon } from '../interface/Icon';
import { inWords } from '../interface/words';
import './SelfTest.css';

type Course = 'before' | 'running' | 'passed' | 'failed';

/** The package tries itself against this very service. It makes a session of its own and erases it again. */
export function SelfTest({ onClose }: { onClose(): void }) {
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const [course, setCourse] = useState<Course>('before');
  const [trouble, setTrouble] = useState<string | null>(null);

  const run = async () => {
    setCourse('running');
    setTrouble(null);
    const utilities = testPersistenceUtilities();
    setSteps(utilities.steps);
    try {
      const report = await testPersistence({ baseUrl: location.origin, getToken }, (step) => setSteps((before) => [...before, step]));
      setCourse(report.isOk && utilities.isOk ? 'passed' : 'failed');
    } catch (error) {
      setTrouble(inWords(error));
      setCourse('failed');
    }
  };

  return (
    <Dialog
      title="Self-test"
      onClose={onClose}
      actions={
        <>
          <span className="note" role="status">
            {course === 'passed' && `All ${steps.length} steps passed.`}
            {course === 'failed' && (trouble ?? 'Something failed; see above.')}
            {course === 'running' && 'Running…'}
          </span>
          <button type="button" className="button is-main" disabled={course === 'running'} onClick={() => void run()}>
            {course === 'before' ? 'Run' : 'Run again'}
          </button>
        </>
      }
    >
      {steps.length === 0 ? (
        <p>
          Walks the whole path against this service: it says and shows something, works offline, loses an answer, merges what two devices
          change, and erases what it made. Nothing of yours is touched.
        </p>
      ) : (
        <ol className="steps" aria-label="Steps">
          {steps.map((step, i) => (
            <li key={i} className={step.isOk ? 'step' : 'step is-failed'}>
              <Icon name={step.isOk ? 'check' : 'alert'} />
              <span>
                <span className="only-heard">{step.isOk ? 'Passed: ' : 'Failed: '}</span>
                {step.name}
                {step.error && <small>{step.error}</small>}
              </span>
              <span className="step-time">{step.milliseconds} ms</span>
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}
