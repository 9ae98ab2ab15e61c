export function App() {
  return (
    <main>
      <h1>VFIO playground</h1>
    </main>
  );
}
