declare module 'virtual:preview-runtime' {
  const text: string;
  export default text;
}
