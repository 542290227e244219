const PATHS = {
  plus: 'M10 4v12M4 10h12',
  send: 'M10 16V4M5 9l5-5 5 5',
  stop: 'M6 6h8v8H6z',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13.2 13.2 17 17',
  image: 'M3 5.5A1.5 1.5 0 0 1 4.5 4h11A1.5 1.5 0 0 1 17 5.5v9a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5zM3.5 14l4-4 3.5 3.5 2.5-2.5 3 3M12.5 8h.1',
  trash: 'M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.600l.7-10M8.5 9v4M11.5 9v4',
  restore: 'M4 10a6 6 0 1 0 2-4.500M4 3.500V7h3.5',
  redo: 'M16 10a6 6 0 1 1-2-4.500M16 3.500V7h-3.5',
  more: 'M4.5 10h.1M10 10h.1M15.5 10h.1',
  import: 'M10 3v9M6 8.500l4 4 4-4M4 16h12',
  export: 'M10 13V4M6 7.500l4-4 4 4M4 16h12',
  gear: 'M10 12.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM10 2.500v2M10 15.500v2M2.5 10h2M15.5 10h2M4.7 4.700l1.4 1.400M13.9 13.900l1.4 1.400M4.7 15.300l1.4-1.400M13.9 6.100l1.4-1.4',
  sun: 'M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM10 2.500v1.500M10 16v1.500M2.5 10H4M16 10h1.500M4.7 4.700l1 1M14.3 14.300l1 1M4.7 15.300l1-1M14.3 5.700l1-1',
  moon: 'M16 11.800A6.5 6.5 0 1 1 8.2 4a5.2 5.2 0 0 0 7.8 7.800Z',
  auto: 'M10 16.500a6.5 6.5 0 1 0 0-13v13ZM10 3.500a6.5 6.5 0 0 0 0 13',
  phone: 'M7 3h6a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM9.5 14.500h1',
  tablet: 'M5 3h10a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM9.5 14.500h1',
  desktop: 'M3 4.500h14v9H3zM7.5 16.500h5M10 13.500v3',
  target: 'M10 15a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM10 2.500v4M10 13.500v4M2.5 10h4M13.5 10h4',
  shield: 'M10 2.5 4 5v4.500c0 3.7 2.5 6.5 6 8 3.5-1.5 6-4.3 6-8V5z',
  alert: 'M10 3 2.5 16.500h15zM10 8v4M10 14.200v.1',
  close: 'M5 5l10 10M15 5 5 15',
  check: 'M4 10.5 8 14.500l8-9',
  chat: 'M4 4.500h12a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H9l-4 3v-3H4a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1Z',
  eye: 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5ZM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  code: 'M7 6 3 10l4 4M13 6l4 4-4 4',
  history: 'M4 10a6 6 0 1 0 2-4.500M4 3.500V7h3.500M10 6.500V10l2.5 1.5',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  back: 'M12 4.5 6.5 10l5.5 5.5',
  chevron: 'M6 8l4 4 4-4',
  star: 'M10 3l2.1 4.5 4.9.6-3.6 3.4.9 4.900L10 14l-4.3 2.4.9-4.900L3 8.100l4.9-.6z',
  branch: 'M5.5 3v14M5.5 12c5 0 9-1 9-6M14.5 7a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z',
  user: 'M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.500c.6-3 3-4.5 6-4.500s5.4 1.5 6 4.5',
  leave: 'M12 3.500H5v13h7M9 10h8M14 7l3 3-3 3',
  pencil: 'M4 16l.8-3.300L13 4.500l2.5 2.5-8.2 8.200z',
  pulse: 'M2.5 10.500h3l2-5 4 9 2-4h4',
  split: 'M3 4h14v12H3zM3 10h14',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  const isDots = name === 'more';
  return (
    <svg className="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" strokeWidth={isDots ? 2.4 : 1.5} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
