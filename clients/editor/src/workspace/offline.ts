const KEY = 'ai-editor.offline';

/** Whether this tab works offline by choice: a reload does not change that. */
export const isOfflineKept = (): boolean => sessionStorage.getItem(KEY) !== null;

export function keepOffline(isOffline: boolean): void {
  if (isOffline) sessionStorage.setItem(KEY, '1');
  else sessionStorage.removeItem(KEY);
}
