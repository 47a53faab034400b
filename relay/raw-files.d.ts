// Files taken into the bundle as text (`?raw`).
declare module '*?raw' {
  const text: string;
  export default text;
}
