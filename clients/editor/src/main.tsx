// What everything has comes first: the sheets of the rooms say otherwise where they must.
import './interface/base.css';
import './interface/parts.css';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { Rescue } from './interface/Rescue';

// All of the editor comes with the page: a part that is fetched when it is first needed is not to be had offline.
createRoot(document.getElementById('root')!).render(
  <Rescue>
    <App />
  </Rescue>,
);
